() => {
  // Which collection this browser looks at stands in the address; without it, the page's first.
  const collection = new URLSearchParams(location.search).get("collection") ?? "";

  // Call a handler of the page (calls.py) by name; what it says went wrong is thrown as an Error.
  async function call(name, asked = {}) {
    const reply = await fetch(new URL(`gradio_api/run/page_${name}`, document.baseURI), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ data: [{ collection, ...asked }] }),
    }).catch(() => {
      throw new Error("The server does not answer.");
    });
    if (!reply.ok) throw new Error(`This failed, by our fault (${reply.status}). The terminal says more.`);
    const [said] = (await reply.json()).data;
    if (said.error) throw new Error(said.error);
    return said;
  }

  // Run `start` on a tab's room once it is there and first seen: Gradio may build a tab only when it is opened.
  // What it returns is run at once, and whenever the tab is opened again.
  const waiting = new Map();
  const known = new WeakSet();
  const begun = new WeakMap();
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      if (!begun.has(target)) begun.set(target, waiting.get(target.dataset.room)(target));
      begun.get(target)();
    }
  });
  function look() {
    for (const room of document.querySelectorAll("[data-room]")) {
      if (known.has(room) || !waiting.has(room.dataset.room)) continue;
      known.add(room);
      seen.observe(room);
    }
  }
  function whenSeen(name, start) {
    waiting.set(name, start);
    look();
  }
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });

  // Keep asking with the newest question: one call at a time, and of those that wait only the last. Every answer is
  // shown: who types faster than answers come would else see none.
  function latest(ask, show, fail) {
    let running = false;
    let next = null;
    return async function run(...question) {
      next = question;
      if (running) return;
      running = true;
      while (next) {
        const asked = next;
        next = null;
        try {
          const said = await ask(...asked);
          show(said, ...asked);
        } catch (error) {
          if (!next) fail(error);
        }
      }
      running = false;
    };
  }

  // Where a tab was opened with a pointer, its box is where one types; whoever goes by keyboard stays where they are.
  function begin(box) {
    if (matchMedia("(hover: hover)").matches && !document.activeElement.matches(":focus-visible")) box.focus({ preventScroll: true });
  }

  function save(text, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // A page that is neither on this machine nor encrypted has no clipboard; then the old way is tried.
  async function copy(text) {
    const refused = () => new Error("The browser did not allow it.");
    if (navigator.clipboard) {
      return navigator.clipboard.writeText(text).catch(() => {
        throw refused();
      });
    }
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (!done) throw refused();
  }

  // Let rows be ticked, and what is ticked be taken away from the tray: wherever a paper stands, its box is the same.
  function ticks(tray, within, exported) {
    const picked = new Set();
    const told = tray.querySelector(".picked");
    function tick() {
      for (const row of within.querySelectorAll(".hit")) row.querySelector("input").checked = picked.has(row.dataset.id);
      tray.hidden = picked.size === 0;
      told.textContent = picked.size === 1 ? "1 paper ticked" : `${picked.size} papers ticked`;
    }
    within.addEventListener("change", (event) => {
      const row = event.target.closest(".hit");
      if (!row || !event.target.matches("[type=checkbox]")) return;
      if (event.target.checked) picked.add(row.dataset.id);
      else picked.delete(row.dataset.id);
      tick();
    });
    tray.addEventListener("click", async (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if ("none" in button.dataset) picked.clear();
      if ("all" in button.dataset) for (const row of within.querySelectorAll(".hit")) picked.add(row.dataset.id);
      tick();
      const isSaved = "download" in button.dataset;
      if (!isSaved && !("copy" in button.dataset)) return;
      try {
        const { text, name } = await exported({ ids: [...picked], format: tray.querySelector("select").value });
        if (isSaved) save(text, name);
        else await copy(text);
        told.textContent = isSaved ? `Saved as ${name}` : "Copied";
      } catch (error) {
        told.textContent = error.message;
      }
    });
    return { picked, tick };
  }

  // Say why the server did not take what an XMLHttpRequest sent: in its own words, where it gave any.
  function refusal(request, name) {
    const { detail, error } = request.response ?? {};
    const why = [detail, error].find((said) => said && typeof said === "string");
    return why ? `The server did not take ${name}: ${why}.` : `The server did not take ${name}${request.status ? ` (${request.status})` : ""}.`;
  }

  // The card of the paper at `row` opens below its title, or closes.
  async function unfold(row, open = undefined) {
    const title = row.querySelector(".title");
    const place = row.querySelector(".opened");
    const show = open ?? place.hidden;
    title.setAttribute("aria-expanded", String(show));
    place.hidden = !show;
    row.classList.toggle("unfolded", show);
    if (!show || place.firstChild) return;
    try {
      place.innerHTML = (await call("card", { id: row.dataset.id, quoted: row.dataset.quoted })).html;
    } catch (error) {
      place.textContent = error.message;
    }
  }

  // The header names the collection that is looked at, with the papers it has now.
  async function name() {
    const about = await call("about").catch(() => null);
    if (!about) return;
    const count = document.querySelector("#header .count");
    document.querySelector("#header h1").textContent = about.title;
    document.title = `${about.title} · Footnote`;
    if (about.others !== undefined) return void (count.innerHTML = `Those here: <ul>${about.others}</ul>`);
    const said = about.papers === 1 ? "1 paper" : `${about.papers.toLocaleString("en")} papers`;
    count.firstChild.textContent = said;
  }
  addEventListener("footnote:changed", name);
  if (collection) name();

  window.footnote = { collection, call, whenSeen, begin, latest, save, copy, ticks, refusal, unfold, last: "" };
}
