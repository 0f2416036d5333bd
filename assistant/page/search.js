() => footnote.whenSeen("search", (room) => {
  const find = (selector) => room.querySelector(selector);
  const [box, hits, status, note, facets, more, tray] = ["#search-box", ".hits", ".status", ".note", ".facets", ".more", ".tray"].map(find);
  const sort = find(".sort select");
  const PAGE = 20;
  const REST = 200; // milliseconds after which typing rests
  const state = { query: "", like: "", section: "", topic: "", year: "", venue: "", code: "", sort: "", count: PAGE };
  const { tick } = footnote.ticks(tray, hits, (asked) => footnote.call("export", asked));
  let counted = null; // the query that the filters count the papers of

  let last = null; // what was asked for that stands there
  function show(said, asked) {
    last = asked;
    list(said.html);
    status.textContent = said.status;
    note.innerHTML = said.note;
    sort.options[0].textContent = asked.query || asked.like ? "By relevance" : "As listed";
    more.hidden = !said.more;
    room.dataset.shown = asked.query;
    if (asked.query) footnote.last = asked.query;
    room.classList.remove("failed");
    tick();
    clearTimeout(resting);
    if (said.brief) resting = setTimeout(() => read({ ...asked, brief: false }, asked), REST);
    else if (asked.query !== counted) countLater();
  }

  // The papers that were there before stay as they are, opened or with the keyboard on them.
  function list(html) {
    const open = [...hits.querySelectorAll(".unfolded")];
    const at = hits.contains(document.activeElement) && document.activeElement.closest(".hit")?.dataset.id;
    hits.innerHTML = html;
    for (const row of hits.querySelectorAll(".hit")) {
      const kept = open.find(({ dataset }) => dataset.id === row.dataset.id);
      if (kept) row.replaceWith(kept);
      if (row.dataset.id === at) (kept ?? row).querySelector(".title").focus({ preventScroll: true });
    }
  }

  function fail(error) {
    room.classList.add("failed");
    status.textContent = error.message;
  }

  const search = footnote.latest((asked) => footnote.call("search", asked), show, fail);
  // Of a large collection the titles come first; once the typing rests, its best papers are read.
  let resting = 0;
  const read = footnote.latest(
    (asked) => footnote.call("search", asked),
    (said, asked, brief) => last === brief && show(said, asked),
    fail,
  );
  const count = footnote.latest(
    (asked) => footnote.call("facets", asked),
    (said, asked) => {
      counted = asked.query;
      const held = facets.contains(document.activeElement) && document.activeElement.dataset;
      const open = new Set([...facets.querySelectorAll(".rest[open]")].map((rest) => rest.closest(".facet").querySelector("h3").textContent));
      facets.innerHTML = said.html;
      for (const facet of facets.querySelectorAll(".facet"))
        if (open.has(facet.querySelector("h3").textContent) && facet.querySelector(".rest")) facet.querySelector(".rest").open = true;
      if (held && held.field)
        facets.querySelector(`[data-field="${held.field}"][data-value="${CSS.escape(held.value)}"]`)?.focus({ preventScroll: true });
    },
    fail,
  );
  let timer = 0;
  function countLater() {
    clearTimeout(timer);
    timer = setTimeout(() => count({ ...state }), facets.firstChild ? 400 : 0);
  }

  function update(change) {
    Object.assign(state, { count: PAGE }, change);
    search({ ...state, brief: !state.sort });
  }
  function narrow(change) {
    update(change);
    count({ ...state });
  }

  box.addEventListener("input", () => update({ query: box.value, like: "" }));
  sort.addEventListener("change", () => update({ sort: sort.value }));
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    hits.querySelector(".title")?.focus();
  });
  more.addEventListener("click", () => {
    state.count += PAGE;
    search({ ...state });
  });

  facets.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("clear" in button.dataset) return narrow({ section: "", topic: "", year: "", venue: "", code: "" });
    const { field, value } = button.dataset;
    narrow({ [field]: button.getAttribute("aria-pressed") === "true" ? "" : value });
    button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") === "true" ? "false" : "true");
  });

  note.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("literal" in button.dataset) box.value = `"${box.value.replaceAll('"', " ").trim()}"`;
    update({ query: box.value, like: "" });
    box.focus();
  });

  hits.addEventListener("click", (event) => {
    const row = event.target.closest(".hit");
    const button = event.target.closest("button");
    if (!row || !button) return;
    if ("like" in button.dataset) {
      update({ like: row.dataset.id });
      room.scrollIntoView({ block: "start" });
      box.focus({ preventScroll: true });
    } else if (button.classList.contains("title")) footnote.unfold(row);
  });

  // Arrows go through the results and back to the box.
  room.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const titles = [...hits.querySelectorAll("button.title")];
    const at = titles.indexOf(document.activeElement);
    if (step && (at >= 0 || document.activeElement === box) && !event.altKey && !event.metaKey) {
      event.preventDefault();
      if (at + step < 0) box.focus();
      else titles[Math.min(at + step, titles.length - 1)]?.focus();
    } else if (event.key === "Escape" && at >= 0) {
      const row = titles[at].closest(".hit");
      if (row.classList.contains("unfolded")) footnote.unfold(row, false);
      else box.focus();
    }
  });
  const small = matchMedia("(max-width: 60rem)");
  const fold = () => (find(".filters").open = !small.matches);
  small.addEventListener("change", fold);
  fold();
  addEventListener("footnote:changed", () => {
    counted = null;
    search({ ...state });
  });
  search({ ...state });
  return () => footnote.begin(box);
})
