() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const behavior = () => (calm.matches ? "auto" : "smooth");
  const pane = () => document.getElementById("sources");

  // Bring `target` into view: inside the sources' own scroll box where they have one, else on the page.
  function reveal(target) {
    const box = pane();
    if (box.contains(target) && getComputedStyle(box).overflowY === "auto") {
      const top = target.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop - 16;
      box.scrollTo({ top, behavior: behavior() });
    } else {
      target.scrollIntoView({ block: box.contains(target) ? "start" : "center", behavior: behavior() });
    }
  }

  let pressed = null; // the footnote that was pressed last
  let unfolded = null; // the text that it opened

  function light(note, card) {
    document.querySelectorAll(".lit").forEach((element) => element.classList.remove("lit"));
    if (unfolded) unfolded.open = false;
    const text = card.querySelector("details.words");
    unfolded = text && !text.open ? text : null;
    for (const folded of [text, card.closest("details")]) if (folded) folded.open = true;
    card.classList.add("lit");
    note.closest("p, li").classList.add("lit");
    pressed = note;
    reveal(card);
    card.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#a"]');
    const target = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!target) return;
    event.preventDefault();
    if (link.classList.contains("note")) {
      light(link, target);
    } else {
      const from = pressed && pressed.isConnected && pressed.hash === `#${link.closest(".card").id}` ? pressed : target;
      reveal(from);
      from.focus({ preventScroll: true });
    }
  });

  const chat = document.getElementById("chat");
  const field = document.querySelector("#box textarea");

  // A question in quotation marks is taken word for word.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.literal");
    if (!link) return;
    event.preventDefault();
    field.value = `"${decodeURIComponent(link.hash.slice(3))}"`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });

  // What takes an answer elsewhere: its text to the clipboard, its papers to a file.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.take");
    if (!button) return;
    const [, answer, format] = button.id.match(/^a(\d+)-as-(\w+)$/);
    try {
      const token = sessionStorage.getItem(`footnote:${footnote.collection}`);
      const { text, name } = await footnote.call("taken", { answer: Number(answer), format, token });
      if (name) footnote.save(text, name);
      else await footnote.copy(text);
      answered(button, name ? "" : "Copied");
    } catch (error) {
      answered(button, error.message);
    }
  });

  function answered(button, said) {
    if (!said) return;
    button.dataset.name ??= button.textContent;
    button.textContent = said;
    setTimeout(() => (button.textContent = button.dataset.name), 2000);
  }

  // A menu closes when something else is pressed.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.export[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.export[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  let asked = 0;
  let waiting = false;

  // A new question goes to the top of the window when it is asked, and again when its answer has come.
  function follow() {
    const questions = chat.querySelectorAll(".ask");
    const awaited = chat.querySelector(".waiting") !== null;
    // Noted here and not by :has(), which would see the moments in which a message is exchanged.
    document.body.toggleAttribute("data-asked", awaited || chat.querySelector(".writing") !== null);
    const isNew = questions.length > asked;
    if (isNew || (waiting && !awaited)) {
      if (questions.length > 1) questions[questions.length - 1].scrollIntoView({ block: "start", behavior: behavior() });
      pane().scrollTo({ top: 0 });
    }
    if (isNew && matchMedia("(hover: hover)").matches) field.focus({ preventScroll: true });
    asked = questions.length;
    waiting = awaited;
  }

  new MutationObserver(() => {
    // Gradio labels each message with its own source: a screen reader would read the HTML aloud.
    chat.querySelectorAll("[data-testid=user][aria-label], [data-testid=bot][aria-label]").forEach((message) => {
      message.removeAttribute("aria-label");
    });
    follow();
  }).observe(chat, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"] });

  // Enter with nothing in the box asks nothing, and holds up no question that follows.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.target === field && event.key === "Enter" && !event.shiftKey && !field.value.trim()) {
        event.preventDefault();
        event.stopPropagation();
      }
    },
    true,
  );
}
