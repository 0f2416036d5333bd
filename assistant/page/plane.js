() => {
  const RUN = 500; // points that are drawn at once
  const LEAST = 14; // pixels from a point within which it is meant

  // The plane of a map: a canvas with the points, the names of the groups over it, and what a pointer does there.
  // `pointed` is told the number of the point under the pointer, `pressed` of the one that is pressed; -1 is none.
  footnote.plane = function (element, pointed, pressed) {
    const [canvas, labels] = ["canvas", ".labels"].map((selector) => element.querySelector(selector));
    const pen = canvas.getContext("2d");
    const state = { lit: new Set(), alone: new Set(), at: -1, open: -1 }; // numbers of points, and of groups looked at alone
    let map = null;
    let view = { zoom: 1, x: 0, y: 0 }; // pixels by which the zoomed map is moved
    let colours = [];
    let frame = { width: 0, height: 0, places: new Float32Array(0) };

    const colour = (group) => (map.names[group].name === "Other" && group === map.names.length - 1 ? "var(--other)" : `var(--c${group})`);
    function resolveColours() {
      const style = getComputedStyle(element);
      colours = map.names.map((_, group) => style.getPropertyValue(colour(group).slice(4, -1)).trim());
    }

    // The map fills the plane; it may be stretched a little, for no direction means anything.
    function place() {
      const { width, height } = frame;
      const edge = Math.min(48, width / 10);
      const [w, h] = [width - 2 * edge, height - 2 * edge];
      const shape = Math.min(Math.max(w / h, map.shape / 1.4), map.shape * 1.4);
      const [wide, high] = w / h > shape ? [h * shape, h] : [w, w / shape];
      const places = new Float32Array(2 * map.count);
      for (let i = 0; i < map.count; i++) {
        places[2 * i] = ((map.unit[2 * i] - 0.5) * wide + width / 2) * view.zoom + view.x;
        places[2 * i + 1] = ((map.unit[2 * i + 1] - 0.5) * high + height / 2) * view.zoom + view.y;
      }
      frame.places = places;
    }

    function radius() {
      return Math.max(1.1, Math.min(6.5, 150 / Math.sqrt(map.count)) * Math.min(1, (frame.width / 700) ** 0.4)) * Math.min(2, view.zoom ** 0.35);
    }

    const isAway = (i) => state.alone.size > 0 && !state.alone.has(map.group[i]);

    let awaited = 0;
    function draw() {
      if (!awaited) awaited = requestAnimationFrame(paint);
    }

    function paint() {
      awaited = 0;
      if (!map || !frame.width) return;
      place();
      resolveColours();
      const ratio = devicePixelRatio || 1;
      const { width, height, places } = frame;
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, width, height);
      const size = radius();
      const dot = (i, r) => {
        const [x, y] = [places[2 * i], places[2 * i + 1]];
        if (x < -r || y < -r || x > width + r || y > height + r) return;
        if (r < 2) pen.fillRect(x - r, y - r, 2 * r, 2 * r);
        else {
          pen.beginPath();
          pen.arc(x, y, r, 0, 7);
          pen.fill();
        }
      };
      const dense = map.count > 3000 ? 0.7 : 0.88;
      // In short runs, each colour by itself: quick, and no group lies on top of all others.
      for (const faded of [true, false]) {
        pen.globalAlpha = faded ? 0.16 : dense;
        for (let run = 0; run < map.count; run += RUN)
          for (let group = 0; group < colours.length; group++) {
            pen.fillStyle = colours[group];
            for (let i = run; i < Math.min(run + RUN, map.count); i++)
              if (map.group[i] === group && (isAway(i) || (state.lit.size > 0 && !state.lit.has(i))) === faded) dot(i, state.lit.has(i) && !isAway(i) ? size * 1.25 : size);
          }
      }
      pen.globalAlpha = 1;
      const ink = getComputedStyle(element).color;
      for (const i of state.lit) if (!isAway(i)) ring(i, Math.max(size * 1.25, 3) + 2, 1.25, colours[map.group[i]]);
      for (const i of [state.at, state.open]) if (i >= 0) ring(i, Math.max(size, 3) + 3.5, 2, ink);
      write();
    }

    function ring(i, r, line, colour) {
      pen.strokeStyle = colour;
      pen.lineWidth = line;
      pen.beginPath();
      pen.arc(frame.places[2 * i], frame.places[2 * i + 1], r, 0, 7);
      pen.stroke();
    }

    // A group's name stands near the middle of its points, where it covers no other name and the fewest points.
    function write() {
      const { width, height, places } = frame;
      if (map.names.length < 2) return;
      if (labels.children.length !== map.names.length)
        labels.replaceChildren(...map.names.map(({ name }, group) => Object.assign(document.createElement("span"), { textContent: name, dir: "auto", style: `--c:${colour(group)}` })));
      const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
      const taken = [];
      map.names.forEach((_, group) => {
        const label = labels.children[group];
        const own = map.members[group];
        const [x, y] = [0, 1].map((axis) => middle(own.map((i) => places[2 * i + axis])));
        const [w, h] = [label.offsetWidth / 2, label.offsetHeight / 2];
        let [best, least] = [null, Infinity];
        // A group that lies all over the map has no middle.
        const scattered = map.count > 200 && middle(own.map((i) => Math.abs(places[2 * i] - x))) > 0.2 * width * view.zoom;
        for (const dy of [0, -18, 18, -36, 36, -54, 54])
          for (const dx of map.count > 2000 ? [0] : [0, -24, 24, -48, 48]) {
            const [left, top] = [x + dx, y + dy];
            if (left < w || left > width - w || top < h || top > height - h) continue;
            if (taken.some((o) => Math.abs(o.left - left) < o.w + w + 8 && Math.abs(o.top - top) < o.h + h + 4)) continue;
            let cost = (Math.abs(dx) + Math.abs(dy)) / 40;
            for (let i = 0; map.count <= 2000 && i < map.count; i++)
              cost += Math.abs(places[2 * i] - left) < w + 5 && Math.abs(places[2 * i + 1] - top) < h + 5;
            if (cost < least) [best, least] = [{ left, top, w, h }, cost];
          }
        const dim = !best || scattered || colour(group) === "var(--other)" || (state.alone.size > 0 && !state.alone.has(group)) || state.lit.size > 0;
        label.classList.toggle("dim", dim);
        if (dim) return;
        label.style.left = `${best.left}px`;
        label.style.top = `${best.top}px`;
        taken.push(best);
      });
    }

    function resize() {
      const { width, height } = element.getBoundingClientRect();
      const ratio = devicePixelRatio || 1;
      frame.width = width;
      frame.height = height;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      draw();
    }
    new ResizeObserver(resize).observe(element);
    new MutationObserver(draw).observe(document.body, { attributes: true, attributeFilter: ["class"] });

    function nearest(x, y, touch) {
      let [best, found] = [(touch ? 2 : 1) * LEAST, -1];
      for (let i = 0; map && i < map.count; i++) {
        if (isAway(i)) continue;
        const away = Math.hypot(frame.places[2 * i] - x, frame.places[2 * i + 1] - y) - (state.lit.has(i) ? 3 : 0);
        if (away < best) [best, found] = [away, i];
      }
      return found;
    }

    function point(i) {
      canvas.classList.toggle("over", i >= 0);
      pointed(i);
    }

    function zoom(by, x = frame.width / 2, y = frame.height / 2) {
      const next = by ? Math.min(40, Math.max(1, view.zoom * by)) : 1;
      const ratio = next / view.zoom;
      move(next, x - (x - view.x) * ratio, y - (y - view.y) * ratio);
    }
    function move(zoom, x, y) {
      const least = (size) => size * (1 - zoom);
      view = { zoom, x: Math.min(0, Math.max(least(frame.width), x)), y: Math.min(0, Math.max(least(frame.height), y)) };
      canvas.classList.toggle("near", zoom > 1);
      point(-1);
      draw();
    }
    element.querySelector(".zoom").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) zoom(Number(button.dataset.zoom));
    });
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // the page scrolls; a pinch on a pad comes with ctrlKey
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 120), event.offsetX, event.offsetY);
    }, { passive: false });
    canvas.addEventListener("dblclick", (event) => zoom(2, event.offsetX, event.offsetY));

    const fingers = new Map();
    let dragged = 0;
    canvas.addEventListener("pointerdown", (event) => {
      if (fingers.size === 0) dragged = 0;
      fingers.set(event.pointerId, event);
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) return void point(nearest(event.offsetX, event.offsetY, false));
      fingers.set(event.pointerId, event);
      const [dx, dy] = [event.offsetX - before.offsetX, event.offsetY - before.offsetY];
      dragged += Math.abs(dx) + Math.abs(dy);
      if (fingers.size === 2) {
        const other = [...fingers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
        const span = (finger) => Math.max(Math.hypot(finger.offsetX - other.offsetX, finger.offsetY - other.offsetY), 1);
        zoom(span(event) / span(before), other.offsetX, other.offsetY);
      } else if (view.zoom > 1 && dragged > 4) {
        canvas.setPointerCapture(event.pointerId);
        move(view.zoom, view.x + dx, view.y + dy);
      }
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => fingers.delete(event.pointerId));
    canvas.addEventListener("pointerleave", () => point(-1));
    // By keyboard: arrows go from point to point, among those that are lit if any are; Enter presses.
    function beyond(from, dx, dy) {
      let [best, found] = [Infinity, from];
      const { places, width, height } = frame;
      const [x, y] = from < 0 ? [width / 2, height / 2] : [places[2 * from], places[2 * from + 1]];
      for (let i = 0; i < map.count; i++) {
        if (i === from || isAway(i) || (state.lit.size > 0 && !state.lit.has(i))) continue;
        const [right, down] = [places[2 * i] - x, places[2 * i + 1] - y];
        const ahead = right * dx + down * dy;
        const aside = Math.abs(right * dy) + Math.abs(down * dx);
        const away = from < 0 ? Math.hypot(right, down) : ahead > 0 ? ahead + 2 * aside : Infinity;
        if (away < best) [best, found] = [away, i];
      }
      return found;
    }
    function reach(i) {
      const [x, y] = [frame.places[2 * i], frame.places[2 * i + 1]];
      if (x < 0 || y < 0 || x > frame.width || y > frame.height) {
        move(view.zoom, view.x + frame.width / 2 - x, view.y + frame.height / 2 - y);
        place();
      }
      point(i);
    }
    canvas.addEventListener("keydown", (event) => {
      if (!map?.count || event.altKey || event.ctrlKey || event.metaKey) return;
      const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
      const nearer = { "+": 1.6, "-": 0.625, 0: 0 }[event.key];
      if (way) {
        const next = beyond(state.at, ...way);
        if (next >= 0) reach(next);
      } else if (nearer !== undefined) {
        const { at } = state;
        zoom(nearer, ...(at < 0 ? [] : frame.places.slice(2 * at, 2 * at + 2)));
        place();
        if (at >= 0) reach(at);
      } else if (event.key === "Enter" && state.at >= 0) pressed(state.at, canvas);
      else if (event.key === "Escape") point(-1);
      else return;
      event.preventDefault();
    });
    canvas.addEventListener("blur", () => point(-1));

    canvas.addEventListener("click", (event) => {
      if (map && dragged < 8) pressed(nearest(event.offsetX, event.offsetY, event.pointerType === "touch"));
    });

    return {
      colour,
      state,
      draw,
      where: (i) => [frame.places[2 * i], frame.places[2 * i + 1], frame.width, frame.height],
      show(drawn) {
        map = drawn;
        map.members = map.names.map(() => []);
        for (let i = 0; i < map.count; i++) map.members[map.group[i]].push(i);
        resize();
      },
    };
  };
}
