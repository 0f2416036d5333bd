() => footnote.whenSeen("map", (room) => {
  const find = (selector) => room.querySelector(selector);
  const [canvas, tip, box, legend, list, chosen] = ["canvas", ".tip", "#map-box", ".legend", ".list", ".chosen"].map(find);
  const plane = footnote.plane(find(".plane"), point, choose);

  let map = null; // what the server drew: x, y (0 to 1), group, ids, names, titles

  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  async function load() {
    const drawing = find(".drawing");
    drawing.hidden = false;
    for (;;) {
      let said;
      try {
        said = await footnote.call("map");
      } catch (error) {
        drawing.querySelector("p").textContent = error.message;
        drawing.querySelector("progress").hidden = true;
        return;
      }
      if (said.points !== undefined) {
        drawing.hidden = true;
        return take(said);
      }
      if (said.total) {
        drawing.querySelector("progress").value = said.done / said.total;
        drawing.querySelector("p").textContent = `Drawing the map, once for these papers: ${Math.floor((100 * said.done) / said.total)} %`;
      }
      await new Promise((wake) => setTimeout(wake, 400));
    }
  }

  function take(said) {
    const raw = new Uint16Array(bytes(said.points).buffer);
    const count = said.ids.length;
    const spread = [0, 1].map((axis) => {
      let [low, high] = [65535, 0];
      for (let i = axis; i < raw.length; i += 2) [low, high] = [Math.min(low, raw[i]), Math.max(high, raw[i])];
      return [low, Math.max(high - low, 1)];
    });
    const unit = new Float32Array(2 * count).map((_, i) => (raw[i] - spread[i % 2][0]) / spread[i % 2][1]);
    Object.assign(plane.state, { at: -1, open: -1, alone: new Set() });
    chosen.hidden = true;
    titles.clear();
    map = { ...said, count, unit, group: bytes(said.groups), number: new Map(said.ids.map((id, i) => [id, i])), shape: spread[0][1] / spread[1][1] };
    canvas.setAttribute("aria-label", `Map of ${count} papers in ${said.names.length} groups. Arrows go from paper to paper, Enter opens the card. The list beside it names those that are lit.`);
    find(".sections").hidden = said.names.length < 2;
    if (!count) {
      find(".drawing").hidden = false;
      find(".drawing p").textContent = "No papers yet. The Collection tab adds a file.";
      find(".drawing progress").hidden = true;
    }
    plane.show(map);
    key();
  }

  function key() {
    legend.replaceChildren(
      ...map.names.map(({ name, count }, group) => {
        const row = document.createElement("li");
        const button = row.appendChild(document.createElement("button"));
        button.type = "button";
        button.setAttribute("aria-pressed", "false");
        button.style.setProperty("--c", plane.colour(group));
        for (const [kind, text] of [["dot", ""], ["name", name], ["n", count.toLocaleString("en")]]) {
          const part = button.appendChild(document.createElement("span"));
          part.className = kind;
          part.textContent = text;
        }
        button.querySelector(".name").dir = "auto";
        button.addEventListener("click", () => {
          const { alone } = plane.state;
          if (!alone.delete(group)) alone.add(group);
          if (alone.size === map.names.length) alone.clear();
          [...legend.children].forEach(({ firstChild }, i) => {
            firstChild.setAttribute("aria-pressed", String(alone.has(i)));
            firstChild.classList.toggle("away", alone.size > 0 && !alone.has(i));
          });
          plane.draw();
        });
        return row;
      }),
    );
  }

  const narrow = matchMedia("(max-width: 60rem)");
  const titles = new Map();
  async function name(i) {
    if (map.titles) return map.titles[i];
    if (!titles.has(i)) titles.set(i, (await footnote.call("point", { id: map.ids[i] })).title);
    return titles.get(i);
  }

  async function point(i) {
    if (i === plane.state.at) return;
    plane.state.at = i;
    plane.draw();
    if (i < 0) return void (tip.hidden = true);
    const title = await name(i);
    if (i !== plane.state.at) return;
    tip.textContent = title;
    tip.dir = "auto";
    tip.hidden = false;
    if (document.activeElement === canvas) find(".heard").textContent = title;
    const [x, y, width, height] = plane.where(i);
    tip.style.left = `${Math.max(4, Math.min(x + 14, width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${y + 14 + tip.offsetHeight > height ? Math.max(4, y - 14 - tip.offsetHeight) : y + 14}px`;
  }

  async function choose(i, from = null) {
    plane.state.open = i;
    plane.draw();
    for (const row of list.children) row.classList.toggle("at", i >= 0 && row.dataset.id === map.ids[i]);
    chosen.hidden = i < 0;
    if (i < 0) return;
    try {
      const { html } = await footnote.call("card", { id: map.ids[i] });
      if (i !== plane.state.open) return;
      chosen.innerHTML = `<button type="button" class="close" aria-label="Close the card">×</button>${html}`;
      if (chosen.querySelector("details")) chosen.querySelector("details").open = true;
      chosen.querySelector(".close").addEventListener("click", () => {
        choose(-1);
        from?.focus();
      });
      chosen.scrollTop = 0;
      if (from) chosen.querySelector(".card").focus({ preventScroll: true });
      if (narrow.matches) chosen.scrollIntoView({ block: "nearest" });
    } catch (error) {
      chosen.textContent = error.message;
    }
  }

  const light = footnote.latest(
    (query) => footnote.call("lit", { query }),
    (said, query) => {
      plane.state.lit = new Set(said.ids.map((id) => map?.number.get(id)).filter((i) => i !== undefined));
      find(".said").textContent = said.status;
      list.innerHTML = said.html;
      find(".shown").hidden = !query.trim();
      plane.draw();
    },
    (error) => {
      find(".said").textContent = error.message;
      find(".shown").hidden = false;
    },
  );
  box.addEventListener("input", () => light(box.value));
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("button")?.focus();
  });
  list.addEventListener("click", (event) => {
    const row = event.target.closest("li");
    if (row && map) choose(map.number.get(row.dataset.id) ?? -1, row.querySelector("button"));
  });
  for (const [kind, away] of [["pointerover", false], ["focusin", false], ["pointerout", true]])
    list.addEventListener(kind, (event) => {
      const row = event.target.closest("li");
      if (row && map) point(away ? -1 : (map.number.get(row.dataset.id) ?? -1));
    });
  let last = "";
  const renew = () => load().then(() => light(box.value));
  addEventListener("footnote:changed", renew);
  renew();
  return () => {
    // What was searched for or asked last, in whichever tab, is lit.
    const asked = footnote.last || [...document.querySelectorAll("#chat .ask h2")].at(-1)?.textContent || "";
    if (asked && asked !== last) {
      last = box.value = asked;
      light(asked);
    }
    footnote.begin(box);
  };
})
