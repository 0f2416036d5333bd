(() => {
  // The theme is the system's, unless a person has chosen one. Gradio follows the system; this has the last word.
  const system = matchMedia("(prefers-color-scheme: dark)");
  const choice = () => localStorage.getItem("footnote-theme");
  const apply = () => {
    const dark = choice() ? choice() === "dark" : system.matches;
    if (document.body.classList.contains("dark") !== dark) document.body.classList.toggle("dark", dark);
  };
  new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  addEventListener("storage", apply);
  addEventListener("footnote:theme", apply);
  apply();
})();
