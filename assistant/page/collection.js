() => footnote.whenSeen("collection", (room) => {
  const find = (selector) => room.querySelector(selector);
  const [file, drop, work, report, take, list] = ["input[type=file]", ".drop", ".work", ".report", "#take-box", ".take .list"].map(find);
  const remove = find("[data-remove]");
  const said = work.querySelector(".said");
  const bar = work.querySelector("progress");
  const picked = new Map(); // ids to titles
  let largest = Infinity;
  let busy = false;

  async function show() {
    try {
      const about = await footnote.call("collection");
      find(".name").textContent = about.title;
      find(".by").textContent = [about.papers === 1 ? "1 paper" : `${about.papers.toLocaleString("en")} papers`, about.by].filter(Boolean).join(" · ");
      find(".charts").innerHTML = about.html || '<p class="quiet">No papers yet. A file adds some.</p>';
      find(".others ul").innerHTML = about.others;
      find(".made").textContent = about.made;
      file.accept = about.accepted.join(",");
      largest = about.largest;
    } catch (error) {
      find(".charts").textContent = error.message;
      find(".others ul").innerHTML ||= '<li><a href="./#collection">The first collection</a></li>';
      return;
    }
    doubt();
  }

  async function doubt() {
    for (;;) {
      const { html, waiting } = await footnote.call("doubts").catch(() => ({ html: "" }));
      if (!waiting) {
        find(".doubts > div").innerHTML = html;
        find(".doubts").hidden = !html;
        return;
      }
      await new Promise((wake) => setTimeout(wake, 700));
    }
  }

  function tell(text, share = undefined) {
    work.hidden = false;
    said.textContent = text;
    bar.hidden = share === null;
    if (share === undefined) bar.removeAttribute("value");
    else if (share !== null) bar.value = share;
  }

  const percent = (done, total) => (total ? ` ${Math.floor((100 * done) / total)} %` : "");

  let going = null; // the job that can be stopped
  const stop = find("[data-stop]");
  stop.addEventListener("click", () => {
    stop.disabled = true;
    footnote.call("stop", { job: going }).catch(() => (stop.disabled = false));
  });

  // Ask how far a job is until it is over; then show its report.
  async function follow({ job }) {
    going = job;
    stop.hidden = stop.disabled = false;
    for (;;) {
      const state = await footnote.call("job", { job });
      if (state.html !== undefined) {
        tell("", null);
        report.innerHTML = state.html;
        report.focus({ preventScroll: true });
        dispatchEvent(new Event("footnote:changed"));
        return;
      }
      tell(`${state.stage || "Waiting"} …${percent(state.done, state.total)}`, state.total ? state.done / state.total : undefined);
      await new Promise((wake) => setTimeout(wake, 300));
    }
  }

  async function run(begin) {
    if (busy) return;
    busy = true;
    room.classList.add("busy");
    report.textContent = "";
    try {
      await follow(await begin());
    } catch (error) {
      tell("", null);
      report.textContent = error.message;
    }
    busy = false;
    stop.hidden = true;
    room.classList.remove("busy");
  }

  // XMLHttpRequest tells how much of a file is sent; fetch does not.
  const send = (chosen) =>
    new Promise((done, fail) => {
      const form = new FormData();
      form.append("files", chosen);
      const request = new XMLHttpRequest();
      request.open("POST", new URL("gradio_api/upload", document.baseURI));
      request.responseType = "json";
      request.upload.addEventListener("progress", ({ loaded, total }) => tell(`Sending ${chosen.name} …${percent(loaded, total)}`, total ? loaded / total : undefined));
      request.addEventListener("load", () => (request.status === 200 ? done(request.response[0]) : fail(new Error(footnote.refusal(request, chosen.name)))));
      request.addEventListener("error", () => fail(new Error(footnote.refusal(request, chosen.name))));
      request.send(form);
    });

  function add(chosen) {
    if (!chosen) return;
    run(async () => {
      if (chosen.size > largest) throw new Error(`${chosen.name} is larger than ${Math.floor(largest / 2 ** 20)} MiB; footnote add, in the terminal, reads any size.`);
      tell(`Sending ${chosen.name} …`);
      return footnote.call("add", { path: await send(chosen), name: chosen.name });
    });
  }
  file.addEventListener("change", () => {
    add(file.files[0]);
    file.value = "";
  });
  for (const kind of ["dragover", "dragleave", "drop"])
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
      if (kind === "drop") add(event.dataTransfer.files[0]);
    });
  find("[data-rebuild]").addEventListener("click", () => run(() => footnote.call("rebuild")));

  const look = footnote.latest(
    (query) => footnote.call("candidates", { query }),
    ({ html }) => {
      const found = document.createElement("ol");
      found.innerHTML = html;
      const rows = [...found.children].filter((row) => !picked.has(row.dataset.id));
      list.replaceChildren(...[...list.children].filter((row) => picked.has(row.dataset.id)), ...rows);
      mark();
    },
    (error) => (find(".done").textContent = error.message),
  );
  take.addEventListener("input", () => look(take.value));
  list.addEventListener("click", (event) => {
    const row = event.target.closest("button") && event.target.closest("li");
    if (!row) return;
    if (!picked.delete(row.dataset.id)) picked.set(row.dataset.id, row.querySelector(".title").textContent);
    mark();
  });
  // The first press asks, the second removes.
  function mark() {
    for (const row of list.children) row.querySelector("button").setAttribute("aria-pressed", String(picked.has(row.dataset.id)));
    remove.disabled = !picked.size;
    remove.textContent = picked.size ? `Remove ${picked.size === 1 ? "1 paper" : `${picked.size} papers`}` : "Remove";
    delete remove.dataset.sure;
  }
  remove.addEventListener("click", async () => {
    if (!("sure" in remove.dataset)) {
      remove.dataset.sure = "";
      remove.textContent = `Really remove ${picked.size === 1 ? "it" : `these ${picked.size}`}?`;
      return;
    }
    remove.disabled = true;
    try {
      const { said: text } = await footnote.call("remove", { ids: [...picked.keys()] });
      find(".done").textContent = text;
      picked.clear();
      list.replaceChildren();
      take.value = "";
      dispatchEvent(new Event("footnote:changed"));
    } catch (error) {
      find(".done").textContent = error.message;
    }
    mark();
  });

  addEventListener("footnote:changed", show);
  show();
  return () => {};
})
