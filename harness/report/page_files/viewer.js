// Two pictures under one divider, and all methods below: one zoom and one place for all of them.
const MOST_ZOOM = 64;
const PRINTED = { stage: [640, 300], other: [205, 150] }; // as in viewer.css

function viewerOf(root) {
  const stage = byId("stage");
  const divider = byId("divider");
  const grid = byId("grid");
  const images = [...data.images.keys()].filter((place) => data.images[place].layers);
  const state = { image: images[0], left: "reference 0", right: "candidate 0", split: 0.5, zoom: 1, x: 0.5, y: 0.5, kind: "candidate" };
  const frames = []; // every pane with the pictures in it

  const nameOf = (role, method) => ({
    reference: "Reference", candidate: data.methods[method], error: `${data.methods[method]}: absolute error`, ssim: `${data.methods[method]}: SSIM`,
  })[role];
  const layerOf = (key) => {
    const [role, method] = key.split(" ");
    return data.images[state.image].layers.find((each) => each.role === role && (role === "reference" || each.method === Number(method)));
  };

  // A whole picture lies in the page, or beside it; if that file is not there, a small one stands for it, or words.
  function fill(element, layer) {
    const key = layer ? `${state.image} ${layer.role} ${layer.method}` : "";
    if (element.dataset.key === key) return;
    element.dataset.key = key;
    const block = layer && layer.block ? byId(layer.block) : null;
    const source = block ? `data:image/png;base64,${block.textContent}` : layer && (layer.file || layer.small);
    const lose = () => {
      element.onerror = null;
      element.removeAttribute("src");
      element.hidden = true;
      element.parentElement.classList.add("lost");
    };
    if (element.parentElement) element.parentElement.classList.remove("lost");
    element.hidden = !source;
    if (!source) { element.removeAttribute("src"); return; }
    element.onerror = () => {
      byId("viewer-words").dataset.lost = "yes";
      words();
      if (!layer.small) { lose(); return; }
      element.onerror = lose;
      element.src = layer.small;
    };
    element.src = source;
  }

  // On paper a pane has another size, which is not known before it is printed.
  let printing = false;
  const widthOf = (pane) => (printing ? PRINTED[pane === stage ? "stage" : "other"][0] : pane.clientWidth);
  const heightOf = (pane) => (printing ? PRINTED[pane === stage ? "stage" : "other"][1] : pane.clientHeight);

  function fit(pane) {
    const image = data.images[state.image];
    return Math.min(widthOf(pane) / image.width, heightOf(pane) / image.height);
  }

  function place(frame) {
    const image = data.images[state.image];
    const { pane, pictures } = frame;
    const scale = fit(pane) * state.zoom;
    const shift = (side, size, centre) => (side >= size ? (side - size) / 2 : Math.min(0, Math.max(side - size, side / 2 - centre * size)));
    const left = shift(widthOf(pane), image.width * scale, state.x);
    const top = shift(heightOf(pane), image.height * scale, state.y);
    pane.classList.toggle("zoomed", state.zoom > 1);
    for (const [element, layer] of pictures) {
      if (!layer) continue;
      element.style.width = `${layer.width}px`;
      element.style.height = `${layer.height}px`;
      element.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
      element.classList.toggle("pixels", scale * devicePixelRatio >= 1);
    }
    return { left, top, scale };
  }

  function move() {
    const image = data.images[state.image];
    const scale = fit(stage) * state.zoom;
    const clamp = (centre, side, size) => (side >= size ? 0.5 : Math.min(1 - side / size / 2, Math.max(side / size / 2, centre)));
    state.x = clamp(state.x, widthOf(stage), image.width * scale);
    state.y = clamp(state.y, heightOf(stage), image.height * scale);
    frames.forEach(place);
    const pixel = scale >= 1 ? `a pixel is ${scale.toFixed(1)} wide` : `${(1 / scale).toFixed(1)} pixels in one`;
    byId("viewer-zoom").textContent = `Zoom ${state.zoom.toFixed(1)} (${pixel})`;
    root.querySelector("[data-zoom=out]").disabled = state.zoom <= 1;
    root.querySelector("[data-zoom=in]").disabled = state.zoom >= MOST_ZOOM;
  }

  function split() {
    const percent = Math.round(state.split * 100);
    stage.querySelector("[data-side=right]").style.clipPath = `inset(0 0 0 ${state.split * 100}%)`;
    stage.querySelector("[data-side=left]").style.clipPath = `inset(0 ${100 - state.split * 100}% 0 0)`;
    divider.style.left = `${state.split * 100}%`;
    divider.setAttribute("aria-valuenow", percent);
    divider.setAttribute("aria-valuetext", `${percent} % ${nameOf(...state.left.split(" "))}, ${100 - percent} % ${nameOf(...state.right.split(" "))}`);
  }

  function zoomTo(zoom, pane = stage, x = null, y = null, least = 1) {
    const before = state.zoom;
    const next = Math.min(MOST_ZOOM, Math.max(least, zoom));
    if (x !== null && next > 1) {
      // The point under the pointer stays where it is.
      const image = data.images[state.image];
      const { left, top, scale } = place(frames.find((frame) => frame.pane === pane));
      const atX = (x - left) / (image.width * scale);
      const atY = (y - top) / (image.height * scale);
      state.x = atX + (pane.clientWidth / 2 - x) / (image.width * scale * (next / before));
      state.y = atY + (pane.clientHeight / 2 - y) / (image.height * scale * (next / before));
    }
    state.zoom = next;
    move();
  }

  function pan(pane, dx, dy) {
    const image = data.images[state.image];
    const scale = fit(pane) * state.zoom;
    state.x -= dx / (image.width * scale);
    state.y -= dy / (image.height * scale);
    move();
  }

  function reset() {
    Object.assign(state, { zoom: 1, x: 0.5, y: 0.5, split: 0.5 });
    split();
    move();
  }

  function scoresOf(method) {
    return data.metrics.map((metric, place) => `${metric.short} ${shownValue(valueOf(state.image, method, place, 0), place)}`).join(" · ");
  }

  function words() {
    const image = data.images[state.image];
    const parts = [`${image.width} × ${image.height} pixels`, `shown: ${image.window}`];
    if (image.page) parts.push(image.page);
    if (image.changed) parts.push(`changed since it was scored: ${image.changed}`);
    if (byId("viewer-words").dataset.lost) parts.push("whole pictures are in the folder images beside this page, which is not here: small ones stand for them where there are any");
    byId("viewer-words").textContent = parts.join("; ") + ".";
  }

  function sides() {
    for (const side of ["left", "right"]) {
      let layer = layerOf(state[side]);
      const select = byId(`viewer-${side}`);
      if (!layer) {
        state[side] = "reference 0";
        layer = layerOf(state[side]);
      }
      select.value = state[side];
      const element = stage.querySelector(`[data-side=${side}] img`);
      const name = nameOf(...state[side].split(" "));
      element.alt = layer ? `${name} of ${data.images[state.image].key}` : "";
      fill(element, layer);
      frames[0].pictures[side === "left" ? 0 : 1] = [element, layer];
      stage.querySelector(`[data-tag=${side}]`).textContent = name;
    }
    for (const scale of root.querySelectorAll("[data-scale]")) {
      const seen = [state.left, state.right].some((key) => key.startsWith(`${scale.dataset.scale} `));
      showScale(scale, seen ? scale.dataset.scale : null, data.images[state.image].top);
    }
    split();
  }

  function options() {
    for (const side of ["left", "right"]) {
      const groups = [["Pictures", ["reference", "candidate"]], ["Absolute error", ["error"]], ["SSIM", ["ssim"]]].map(([label, roles]) => {
        const here = data.images[state.image].layers.filter((each) => roles.includes(each.role));
        const group = make("optgroup", { label });
        here.forEach((each) => group.append(make("option", { value: `${each.role} ${each.method}` }, nameOf(each.role, each.method))));
        return group;
      });
      byId(`viewer-${side}`).replaceChildren(...groups.filter((group) => group.children.length));
    }
  }

  function fillGrid() {
    const image = data.images[state.image];
    const map = state.kind !== "candidate";
    frames.length = 1;
    const cells = [["reference", 0], ...data.methods.map((_, method) => [state.kind, method])].map(([role, method]) => {
      const layer = layerOf(`${role} ${method}`);
      const element = make("img", { alt: layer ? `${nameOf(role, method)} of ${image.key}` : "" });
      const pane = make("div", { class: "pane", "data-pane": `${role} ${method}` }, element);
      if (!layer) pane.append(make("span", { class: "absent" }, map ? "no map of this image" : "no picture"));
      fill(element, layer);
      frames.push({ pane, pictures: [[element, layer]] });
      const caption = make("figcaption", {}, make("b", {}, role === "reference" ? "Reference" : data.methods[method]));
      if (role !== "reference") caption.append(` ${scoresOf(method)}`);
      return make("figure", {}, pane, caption);
    });
    grid.replaceChildren(...cells);
    showScale(byId("grid-colours"), map ? state.kind : null, image.top);
    frames.slice(1).forEach((frame) => listen(frame.pane));
  }

  function show(image, method = null) {
    state.image = image;
    Object.assign(state, { zoom: 1, x: 0.5, y: 0.5 });
    if (method !== null) Object.assign(state, { left: "reference 0", right: `candidate ${method}` });
    byId("viewer-image").value = String(image);
    byId("viewer-previous").disabled = images[0] === image;
    byId("viewer-next").disabled = images[images.length - 1] === image;
    options();
    sides();
    fillGrid();
    words();
    move();
    markCurrent();
  }

  function listen(pane) {
    const pointers = new Map();
    let gap = 0;
    const at = (event) => {
      const box = pane.getBoundingClientRect();
      return [event.clientX - box.left - pane.clientLeft, event.clientY - box.top - pane.clientTop];
    };
    pane.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.target === divider) return;
      pane.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, at(event));
      pane.classList.add("dragged");
      if (pane === stage && state.zoom <= 1 && pointers.size === 1 && event.pointerType === "mouse") {
        state.split = Math.min(1, Math.max(0, at(event)[0] / stage.clientWidth));
        split();
      }
    });
    pane.addEventListener("pointermove", (event) => {
      if (!pointers.has(event.pointerId)) return;
      const [x, y] = at(event);
      const [oldX, oldY] = pointers.get(event.pointerId);
      pointers.set(event.pointerId, [x, y]);
      if (pointers.size === 2) {
        const [[ax, ay], [bx, by]] = [...pointers.values()];
        const now = Math.hypot(ax - bx, ay - by);
        if (gap > 0) zoomTo(state.zoom * (now / gap), pane, (ax + bx) / 2, (ay + by) / 2);
        gap = now;
      } else if (state.zoom > 1) {
        pan(pane, x - oldX, y - oldY);
      } else if (pane === stage) {
        state.split = Math.min(1, Math.max(0, x / stage.clientWidth));
        split();
      }
    });
    for (const name of ["pointerup", "pointercancel"]) {
      pane.addEventListener(name, (event) => {
        pointers.delete(event.pointerId);
        gap = 0;
        pane.classList.toggle("dragged", pointers.size > 0);
      });
    }
    pane.addEventListener("dblclick", (event) => zoomTo(state.zoom * 2, pane, ...at(event)));
    pane.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomTo(state.zoom * Math.exp(-event.deltaY / 300), pane, ...at(event));
    }, { passive: false });
  }

  function zoomBy(what) {
    if (what === "in") zoomTo(state.zoom * 1.5);
    else if (what === "out") zoomTo(state.zoom / 1.5);
    else if (what === "pixels") zoomTo(1 / fit(stage), stage, null, null, 0); // smaller than what fits, too
    else reset();
  }

  const keys = { "+": "in", "=": "in", "-": "out", _: "out", 0: "fit", 1: "pixels", Escape: "fit" };
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 0.1 * stage.clientWidth;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (keys[event.key]) zoomBy(keys[event.key]);
    else if (event.target === stage && moves[event.key] && state.zoom > 1) pan(stage, ...moves[event.key]);
    else if (event.target === divider) {
      const far = event.shiftKey ? 0.1 : 0.01;
      const steps = { ArrowLeft: -far, ArrowDown: -far, ArrowRight: far, ArrowUp: far, PageUp: 0.1, PageDown: -0.1, Home: -1, End: 1 };
      if (!(event.key in steps)) return;
      state.split = Math.min(1, Math.max(0, Math.round((state.split + steps[event.key]) * 100) / 100));
      split();
    } else return;
    event.preventDefault();
  });
  divider.addEventListener("pointerdown", (event) => {
    divider.setPointerCapture(event.pointerId);
    event.stopPropagation();
    const drag = (moved) => {
      const box = stage.getBoundingClientRect();
      state.split = Math.min(1, Math.max(0, (moved.clientX - box.left) / box.width));
      split();
    };
    divider.addEventListener("pointermove", drag);
    const stop = () => divider.removeEventListener("pointermove", drag);
    divider.addEventListener("pointerup", stop, { once: true });
    divider.addEventListener("pointercancel", stop, { once: true });
  });

  images.forEach((image) => byId("viewer-image").append(make("option", { value: image }, data.images[image].key)));
  byId("viewer-image").addEventListener("change", (event) => show(Number(event.target.value)));
  for (const [id, step] of [["viewer-previous", -1], ["viewer-next", 1]]) {
    byId(id).addEventListener("click", () => show(images[images.indexOf(state.image) + step]));
  }
  for (const side of ["left", "right"]) {
    byId(`viewer-${side}`).addEventListener("change", (event) => { state[side] = event.target.value; sides(); move(); });
  }
  byId("viewer-swap").addEventListener("click", () => { [state.left, state.right] = [state.right, state.left]; sides(); move(); });
  root.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => zoomBy(button.dataset.zoom)));
  byId("grid-kind").addEventListener("change", (event) => { state.kind = event.target.value; fillGrid(); move(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-open]");
    if (!button || button.disabled) return;
    show(Number(button.dataset.open), button.dataset.with === undefined ? null : Number(button.dataset.with));
    byId("viewer-title").scrollIntoView({ block: "start" });
    stage.focus({ preventScroll: true });
  });
  frames.push({ pane: stage, pictures: [] });
  listen(stage);
  root.hidden = false;
  globalViewer = state;
  show(images[0]);
  new ResizeObserver(move).observe(stage);
  addEventListener("beforeprint", () => { printing = true; move(); });
  addEventListener("afterprint", () => { printing = false; move(); });
}

if (byId("viewer") && data.images.some((image) => image.layers)) viewerOf(byId("viewer"));
