() => {
  // What was found for a draft: its text with the papers of the paragraph in view beside it, and what to take away.
  addEventListener("footnote:draft", ({ detail }) => open(detail));
  const opened = new WeakMap(); // rooms, with what shows another draft in them

  function open({ room, token, state }) {
    if (!opened.has(room)) opened.set(room, begin(room));
    opened.get(room)(token, state);
  }

  function begin(room) {
    const find = (selector) => room.querySelector(selector);
    const [found, head, summary, text, aside, tray, written] = [".found", ".head", ".summary", ".text", "aside", ".tray", ".written"].map(find);
    const narrow = matchMedia("(max-width: 60rem)");
    const papers = new Map(); // each paragraph's, as HTML
    let draft = null;
    let current = -1; // the paragraph whose papers stand beside the text
    let pinned = null; // how far the page was scrolled when a person chose it
    let lit = [];
    let section = null;

    const para = (p) => text.querySelector(`.para[data-p="${p}"]`);
    const sentence = (spot) => text.querySelector(`.s[data-s="${spot}"]`);
    const call = (name, asked = {}) => footnote.call(`related_${name}`, { draft, ...asked });
    const { picked, tick } = footnote.ticks(tray, found, (asked) => call("export", asked));

    // Put a paragraph's papers at a place, unless another paragraph's are wanted there meanwhile.
    async function fill(place, p) {
      place.dataset.p = p;
      const isStill = () => place.dataset.p === String(p);
      try {
        if (!papers.has(p)) {
          await new Promise((wake) => setTimeout(wake, 60)); // whoever scrolls past wants none of them
          if (!isStill()) return;
          papers.set(p, (await call("beside", { paragraph: p })).html);
        }
        if (!isStill()) return;
        place.innerHTML = papers.get(p);
        aside.scrollTop = 0;
      } catch (error) {
        if (isStill()) place.textContent = error.message;
      }
      tick();
      mark();
    }

    // Make a paragraph the one whose papers stand beside the text.
    let filling = null;
    function look(p) {
      if (p === current) return filling;
      current = p;
      for (const one of text.querySelectorAll(".para.now")) one.classList.remove("now");
      const chosen = para(p);
      chosen.classList.add("now");
      aside.querySelector(".place").textContent = chosen.dataset.place;
      filling = narrow.matches ? null : fill(aside.querySelector(".near"), p);
      return filling;
    }

    // The paragraph a third of the way down the window is the one that is read.
    const crossing = new IntersectionObserver(
      (entries) => {
        if (pinned !== null && Math.abs(scrollY - pinned) < 160) return;
        pinned = null;
        const last = entries.filter((entry) => entry.isIntersecting).at(-1);
        if (last) look(Number(last.target.dataset.p));
      },
      { rootMargin: "-33% 0px -66% 0px" },
    );

    // Below its paragraph, where there is no room beside it.
    function below(p, isOpen = undefined) {
      const button = para(p).querySelector(".below");
      if (!button) return;
      const near = button.nextElementSibling;
      const show = isOpen ?? near.hidden;
      near.hidden = !show;
      button.setAttribute("aria-expanded", String(show));
      if (show && !near.firstChild) return fill(near, p);
    }

    // Light sentences, and the papers that they want.
    function mark() {
      const wanted = new Set(lit);
      for (const one of text.querySelectorAll(".s")) {
        const isLit = wanted.has(one.dataset.s);
        one.classList.toggle("lit", isLit);
        if (one.hasAttribute("aria-pressed")) one.setAttribute("aria-pressed", String(isLit));
      }
      for (const row of found.querySelectorAll(".hit[data-wants]")) {
        const wants = row.dataset.wants.split(" ");
        const isLit = lit.length > 0 && (lit.by ? row === lit.by || row.dataset.id === lit.by.dataset.id : wants.some((spot) => wanted.has(spot)));
        row.classList.toggle("lit", isLit);
        row.querySelector(".light")?.setAttribute("aria-pressed", String(isLit && Boolean(lit.by)));
      }
    }
    function light(spots, by = null) {
      lit = spots;
      lit.by = by;
      mark();
    }
    const isSeen = (element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return top > 80 && bottom < innerHeight - 40;
    };
    async function goTo(spot) {
      const target = sentence(spot);
      if (!target) return;
      if (!isSeen(target)) target.scrollIntoView({ block: "center" });
      pinned = scrollY;
      roam(target);
      return look(Number(target.closest(".para").dataset.p));
    }

    async function press(one) {
      const p = Number(one.closest(".para").dataset.p);
      pinned = scrollY;
      if (lit.length === 1 && lit[0] === one.dataset.s && !lit.by) return light([]);
      roam(one);
      await Promise.all([look(p), narrow.matches && below(p, true)]);
      light([one.dataset.s]);
      const first = (narrow.matches ? para(p) : aside).querySelector(".hit.lit");
      first?.closest("details")?.setAttribute("open", "");
      if (!narrow.matches) first?.scrollIntoView({ block: "nearest" });
    }

    // One stop for the Tab key in the whole text: arrows lead from one marked sentence to the next.
    function roam(to = null) {
      const wants = [...text.querySelectorAll(".wants")];
      const at = to?.classList.contains("wants") ? to : (wants.find((one) => one.tabIndex === 0) ?? wants[0]);
      for (const one of wants) one.tabIndex = one === at ? 0 : -1;
    }

    text.addEventListener("click", (event) => {
      const button = event.target.closest(".below");
      const one = event.target.closest(".s");
      const near = event.target.closest(".near");
      if (near) return;
      if (button) below(Number(button.closest(".para").dataset.p));
      else if (one && !String(getSelection())) press(one);
      else if (event.target.closest(".para") && !String(getSelection())) {
        pinned = scrollY;
        look(Number(event.target.closest(".para").dataset.p));
      }
    });
    found.addEventListener("click", (event) => {
      const row = event.target.closest(".hit");
      const button = event.target.closest("button");
      if (button?.classList.contains("goto")) {
        light([button.dataset.s]);
        goTo(button.dataset.s);
      } else if (button && "all" in button.dataset) {
        for (const one of summary.querySelectorAll(".missing .hit")) picked.add(one.dataset.id);
        tick();
      } else if (row && button?.classList.contains("title")) {
        footnote.unfold(row);
        light(row.dataset.wants.split(" ").filter(Boolean), row);
      } else if (row && button?.classList.contains("light")) {
        const spots = row.dataset.wants.split(" ");
        if (lit.by === row) return light([]);
        light(spots, row);
        goTo(spots[0]);
      }
    });
    // A paper under the pointer shows faintly who wants it.
    found.addEventListener("mouseover", (event) => {
      const spots = new Set((event.target.closest(".hit")?.dataset.wants ?? "").split(" "));
      for (const one of text.querySelectorAll(".hint")) one.classList.toggle("hint", spots.has(one.dataset.s));
      for (const spot of spots) if (spot) sentence(spot)?.classList.add("hint");
    });

    found.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("select, pre")) return;
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (event.target.matches(".wants")) {
        const wants = [...text.querySelectorAll(".wants")];
        const next = wants[wants.indexOf(event.target) + step];
        if (step && next) {
          event.preventDefault();
          roam(next);
          next.focus({ preventScroll: true });
          if (!isSeen(next)) next.scrollIntoView({ block: "center" });
          pinned = scrollY;
          look(Number(next.closest(".para").dataset.p));
        } else if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          press(event.target);
        }
        return;
      }
      const list = event.target.closest(".near, .missing, .look");
      if (!list) return;
      const titles = [...list.querySelectorAll(".title")].filter((one) => one.checkVisibility());
      const at = titles.indexOf(event.target);
      if (at >= 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
        event.preventDefault();
        titles[at + step]?.focus();
      } else if (event.key === "Escape" && list.closest("aside")) {
        (sentence(lit[0]) ?? para(current)?.querySelector(".wants"))?.focus();
      }
    });

    async function write() {
      const note = written.querySelector(".note");
      const parts = written.querySelectorAll("pre, label, [data-text], [data-bib], [data-copy]");
      written.hidden = false;
      section = null;
      note.textContent = "Writing …";
      try {
        section = await call("section", { layout: written.querySelector("select").value });
      } catch (error) {
        note.textContent = error.message;
      }
      for (const part of parts) part.hidden = !section;
      if (!section) return;
      note.textContent = `${section.papers} papers by theme, a sentence of each one’s text word for word. No model wrote it: it is an outline, to be written out by you.`;
      written.querySelector("pre").textContent = section.text;
      written.querySelector("[data-text]").textContent = `Download ${section.name}`;
      written.querySelector("[data-bib]").hidden = !section.bib;
    }
    find("[data-write]").addEventListener("click", async () => {
      await write();
      written.focus({ preventScroll: true });
      written.scrollIntoView({ block: "nearest" });
    });
    written.querySelector("select").addEventListener("change", write);
    written.addEventListener("click", async (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if ("text" in button.dataset) footnote.save(section.text, section.name);
      if ("bib" in button.dataset) footnote.save(section.bib, "references.bib");
      if ("copy" in button.dataset) {
        const told = await footnote.copy(section.text).then(() => "Copied.", (error) => error.message);
        written.querySelector(".note").textContent = told;
      }
      if ("close" in button.dataset) {
        written.hidden = true;
        find("[data-write]").focus({ preventScroll: true });
      }
    });

    narrow.addEventListener("change", () => !narrow.matches && current >= 0 && fill(aside.querySelector(".near"), current));

    return function show(token, state) {
      draft = token;
      papers.clear();
      picked.clear();
      lit = [];
      current = -1;
      pinned = null;
      written.hidden = true;
      crossing.disconnect();
      head.innerHTML = state.head;
      summary.innerHTML = state.summary;
      summary.classList.toggle("single", !(summary.querySelector(".missing") && summary.querySelector(".look")));
      text.innerHTML = state.text;
      aside.querySelector(".near").replaceChildren();
      aside.querySelector(".place").textContent = "";
      tick();
      roam();
      for (const one of text.querySelectorAll(".para")) crossing.observe(one);
      look(0);
      if (narrow.matches && state.paragraphs <= 3) for (let p = 0; p < state.paragraphs; p += 1) below(p, true);
      scrollTo(0, 0);
      head.focus({ preventScroll: true });
    };
  }
}
