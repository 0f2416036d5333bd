() => footnote.whenSeen("related", (room) => {
  const find = (selector) => room.querySelector(selector);
  const [form, box, file, failed, reading, found] = [".hand-over", "#draft-box", "input[type=file]", ".failed", ".reading", ".found"].map(find);
  const said = reading.querySelector(".said");
  const bar = reading.querySelector("progress");
  const LARGEST = 64 * 2 ** 20; // bytes
  // A reload finds the draft again, by its token, for as long as the server keeps it.
  const PLACE = `footnote-draft:${footnote.collection}`;
  let turn = 0; // the draft that is handed over last; what comes of others is dropped
  let token = null;
  let request = null;

  function show(part) {
    for (const one of [form, reading, found]) one.hidden = one !== part;
  }
  function tell(text, share = undefined) {
    said.textContent = text;
    if (share === undefined) bar.removeAttribute("value");
    else bar.value = share;
  }
  const percent = (done, total) => (total ? ` ${Math.floor((100 * done) / total)} %` : "");

  // XMLHttpRequest tells how much of a file is sent; fetch does not.
  const send = (files) =>
    new Promise((done, fail) => {
      const parcel = new FormData();
      for (const one of files) parcel.append("files", one);
      const refuse = () => fail(new Error(footnote.refusal(request, files.length === 1 ? files[0].name : "the files")));
      request = new XMLHttpRequest();
      request.open("POST", new URL("gradio_api/upload", document.baseURI));
      request.responseType = "json";
      request.upload.addEventListener("progress", ({ loaded, total }) => tell(`Sending …${percent(loaded, total)}`, total ? loaded / total : undefined));
      request.addEventListener("load", () => (request.status === 200 ? done(request.response) : refuse()));
      request.addEventListener("error", refuse);
      request.addEventListener("abort", () => fail(new Error("")));
      request.send(parcel);
    });

  async function follow(mine) {
    while (mine === turn) {
      const state = await footnote.call("related_state", { draft: token });
      if (mine !== turn) return;
      if (state.text !== undefined) {
        show(found);
        dispatchEvent(new CustomEvent("footnote:draft", { detail: { room, token, state } }));
        return;
      }
      tell(`${state.stage} …${percent(state.done, state.total)}`, state.total ? state.done / state.total : undefined);
      await new Promise((wake) => setTimeout(wake, 150));
    }
  }

  // Hand a draft over: `begin` returns its token.
  async function run(begin) {
    const mine = ++turn;
    failed.textContent = "";
    tell("Reading it …");
    show(reading);
    reading.querySelector("[data-stop]").focus({ preventScroll: true });
    try {
      const begun = await begin();
      if (mine !== turn) return footnote.call("related_stop", { draft: begun }).catch(() => {});
      token = begun;
      sessionStorage.setItem(PLACE, token);
      await follow(mine);
    } catch (error) {
      if (mine === turn) again(error.message);
    }
  }

  // Back to the sheet; the server forgets the draft.
  function again(message = "") {
    turn += 1;
    if (token) footnote.call("related_stop", { draft: token }).catch(() => {});
    token = null;
    sessionStorage.removeItem(PLACE);
    show(form);
    failed.textContent = message;
    box.focus({ preventScroll: true });
  }

  function hand(files) {
    const kinds = file.accept.split(",");
    const taken = [...files].filter(({ name }) => kinds.some((kind) => name.toLowerCase().endsWith(kind)));
    if (!files.length) return;
    run(async () => {
      if (!taken.length) throw new Error(`${files.length === 1 ? `${files[0].name} is no draft` : "None of these files is a draft"}; expected ${kinds.join(", ")}.`);
      if (taken.reduce((size, one) => size + one.size, 0) > LARGEST) throw new Error(`A draft has at most ${LARGEST / 2 ** 20} MiB; footnote related, in the terminal, reads a folder where it lies.`);
      const paths = await send(taken);
      return (await footnote.call("related", { paths, names: taken.map((one) => one.name) })).draft;
    });
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!box.value.trim()) return box.focus();
    run(async () => (await footnote.call("related", { text: box.value })).draft);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  file.addEventListener("change", () => {
    hand([...file.files]);
    file.value = "";
  });
  for (const kind of ["dragover", "dragleave", "drop"])
    form.addEventListener(kind, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      form.classList.toggle("over", kind === "dragover");
      if (kind === "drop") hand([...event.dataTransfer.files]);
    });
  find("[data-stop]").addEventListener("click", () => {
    again();
    request?.abort();
  });
  find("[data-another]").addEventListener("click", () => again());

  token = sessionStorage.getItem(PLACE);
  if (token) {
    const mine = ++turn;
    show(reading);
    tell("Opening it …");
    follow(mine).catch(() => mine === turn && again());
  }
  return () => form.hidden || footnote.begin(box);
})
