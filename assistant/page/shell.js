() => {
  const bar = document.querySelector("#tabs [role=tablist]");
  const tabs = [...bar.querySelectorAll("[role=tab]")];
  const current = () => tabs.find((tab) => tab.ariaSelected === "true") ?? tabs[0];
  const panel = () => document.getElementById(current().getAttribute("aria-controls"));
  const placeOf = (tab) => tab.id.replace(/-button$/, "");
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true });
  const box = () => [...panel().querySelectorAll("textarea, input[type=text], input[type=search]")].find(isSeen);

  // What comes before it in the address stays: which collection is looked at.
  const address = (place) => `${location.pathname}${location.search}#${place}`;

  // The tab is in the address, so that a reload keeps it and "back" goes back.
  function open(place) {
    const tab = tabs.find((one) => placeOf(one) === place);
    if (tab && tab !== current()) tab.click();
    return tab;
  }
  bar.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (!tab) return;
    if (event.isTrusted && location.hash !== `#${placeOf(tab)}`) history.pushState(null, "", address(placeOf(tab)));
    scrollTo(0, 0);
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    roam();
  });
  addEventListener("popstate", () => open(location.hash.slice(1) || placeOf(tabs[0])));

  // One stop for the Tab key, arrows from tab to tab.
  const roam = () => requestAnimationFrame(() => tabs.forEach((tab) => (tab.tabIndex = tab === current() ? 0 : -1)));
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(current()) + step + tabs.length) % tabs.length];
    history.pushState(null, "", address(placeOf(next)));
    next.click();
    next.focus();
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    const isTyping = target.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
    if (event.key === "/" && !isTyping && box()) {
      event.preventDefault();
      box().focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || (isTyping && (target !== box() || target.value))) return;
    // From the empty box down to what can be pressed, and from one to the next.
    const rows = [...panel().querySelectorAll("#examples button, .card")].filter(isSeen);
    const at = rows.findIndex((row) => row === target);
    if (at < 0 && target !== box()) return;
    const next = at < 0 ? (step > 0 ? rows[0] : undefined) : (rows[at + step] ?? (step < 0 ? box() : undefined));
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  });
  // Enter on a card opens its text.
  document.addEventListener("keydown", (event) => {
    const text = event.key === "Enter" && event.target.matches(".card") && event.target.querySelector("details");
    if (text) text.open = !text.open;
  });

  // Light, dark, or as the system has it.
  const theme = document.querySelector("#header .theme");
  const NAMES = { "": "as the system", light: "light", dark: "dark" };
  const chosen = () => localStorage.getItem("footnote-theme") ?? "";
  const say = () => {
    theme.querySelector(".spoken").textContent = `Theme: ${NAMES[chosen()]}`;
    theme.title = `Theme: ${NAMES[chosen()]}`;
  };
  theme.addEventListener("click", () => {
    const next = document.body.classList.contains("dark") ? "light" : "dark";
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    if (next === system) localStorage.removeItem("footnote-theme");
    else localStorage.setItem("footnote-theme", next);
    dispatchEvent(new Event("footnote:theme"));
    say();
  });
  say();

  // A server that has gone is said to be gone, and found again when it is back.
  const lost = document.querySelector("#lost p");
  const told = { gone: lost.textContent, back: lost.dataset.back };
  let server = null;
  async function look() {
    if (document.hidden) return;
    try {
      const answer = await fetch("gradio_api/app_id", { cache: "no-store", signal: AbortSignal.timeout(10000) });
      const { app_id } = await answer.json();
      // It may have gone and come back between two looks.
      const anew = server !== null && server !== app_id;
      server = app_id;
      if (anew) {
        lost.textContent = told.back;
        lost.hidden = false;
        setTimeout(() => (lost.hidden ||= lost.textContent === told.back), 15000);
      } else if (lost.textContent === told.gone) {
        lost.hidden = true;
      }
    } catch {
      lost.textContent = told.gone;
      lost.hidden = false;
    }
  }
  look();
  setInterval(look, 5000);
  addEventListener("focus", look);

  open(location.hash.slice(1));
  roam();
  box()?.focus({ preventScroll: true });
}
