// Ratios of contrast of texts, edges and lines. Luminance and ratio as WCAG 2.2 defines them:
// https://www.w3.org/TR/WCAG22/#dfn-relative-luminance and https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
(limits) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  function rgba(text) {
    if (!known.has(text)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  }
  const faded = ([r, g, b, a], by) => [r, g, b, a * by];
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const channel = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  function ratio(a, b) {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  }
  const worst = (colour, grounds) => Math.min(...grounds.map((ground) => ratio(over(colour, ground), ground)));

  function opacity(element) {
    let all = 1;
    for (let each = element; each; each = each.parentElement) all *= Number(getComputedStyle(each).opacity);
    return all;
  }

  // What may lie behind an element: one colour, or black and white where a picture shows through.
  function behind(element) {
    const layers = [];
    let picture = false;
    for (let each = element; each; each = each.parentElement) {
      const style = getComputedStyle(each);
      const colour = rgba(style.backgroundColor);
      if (style.backgroundImage !== "none") picture = true;
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
      const lifted = ["absolute", "fixed"].includes(style.position);
      if (lifted && each.offsetParent && each.offsetParent.querySelector("img, canvas, video")) picture = true;
    }
    const opaque = layers.length > 0 && layers[layers.length - 1][3] === 1;
    const white = [255, 255, 255];
    const grounds = opaque ? [layers.pop()] : picture ? [[0, 0, 0], white] : [white];
    return grounds.map((ground) => layers.reduceRight((below, layer) => over(layer, below), ground));
  }

  // Under text in a drawing: every filled shape before it that its middle lies in.
  function behindDrawn(text) {
    const box = text.getBoundingClientRect();
    const x = box.left + box.width / 2;
    const y = box.top + box.height / 2;
    let grounds = behind(text.ownerSVGElement.parentElement);
    for (const shape of text.ownerSVGElement.querySelectorAll("path, rect, circle, polygon")) {
      const before = shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (!before || shape.closest("defs, clipPath")) continue;
      const style = getComputedStyle(shape);
      const at = shape.getBoundingClientRect();
      if (style.fill === "none" || x < at.left || x > at.right || y < at.top || y > at.bottom) continue;
      const fill = faded(rgba(style.fill), Number(style.fillOpacity) * Number(style.opacity));
      grounds = grounds.map((ground) => over(fill, ground));
    }
    return grounds;
  }

  function drawn(element) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 1.5 && box.height > 1.5; // what is for screen readers alone is a pixel wide
  }
  const inactive = (element) => element.closest(":disabled, [aria-disabled=true]"); // exempt
  function named(element) {
    const classes = (element.getAttribute("class") || "").split(/\s+/).filter(Boolean);
    return [element.tagName.toLowerCase() + (element.id ? `#${element.id}` : ""), ...classes].join(".");
  }

  const faults = new Set();
  let count = 0;
  function judge(element, colour, grounds, least, what) {
    count += 1;
    const found = worst(colour, grounds);
    if (found < least) faults.add(`${named(element)}: ${found.toFixed(2)} to 1 for ${what}`);
  }
  function judgeText(element, colour, grounds, style, text) {
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    judge(element, colour, grounds, large ? limits.large : limits.text, JSON.stringify(text.trim().slice(0, 40)));
  }

  function texts() {
    const checked = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      const text = walker.currentNode.textContent;
      if (!text.trim() || checked.has(element) || inactive(element)) continue;
      if (element.closest("script, style, noscript, title, desc, option, optgroup") || !drawn(element)) continue;
      checked.add(element);
      const style = getComputedStyle(element);
      if (element instanceof SVGElement) {
        const fill = faded(rgba(style.fill), Number(style.fillOpacity) * opacity(element));
        judgeText(element, fill, behindDrawn(element), style, text);
      } else {
        judgeText(element, faded(rgba(style.color), opacity(element)), behind(element), style, text);
      }
    }
    for (const element of document.body.querySelectorAll("*")) {
      if (element instanceof SVGElement || !drawn(element) || inactive(element)) continue;
      for (const side of ["::before", "::after"]) {
        const style = getComputedStyle(element, side);
        if (!/^"[^"]*\S[^"]*"$/.test(style.content)) continue;
        const grounds = behind(element).map((ground) => over(rgba(style.backgroundColor), ground));
        judgeText(element, faded(rgba(style.color), opacity(element)), grounds, style, style.content);
      }
      if (element.matches("input, select, textarea")) {
        const style = getComputedStyle(element);
        judgeText(element, rgba(style.color), behind(element), style, element.value || element.tagName);
      }
    }
  }

  function edges() {
    for (const element of document.querySelectorAll("input, select, textarea, button")) {
      const style = getComputedStyle(element);
      if (inactive(element) || !drawn(element) || parseFloat(style.borderTopWidth) === 0) continue;
      judge(element, rgba(style.borderTopColor), behind(element.parentElement), limits.edge, "its edge");
    }
    for (const line of document.querySelectorAll("svg line[stroke], svg path[stroke]")) {
      const given = line.getAttribute("stroke");
      const width = parseFloat(line.getAttribute("stroke-width") || "1");
      if (!/--series|--accent|--ink/.test(given) || width < 1 || !drawn(line.ownerSVGElement)) continue;
      judge(line, rgba(getComputedStyle(line).stroke), behind(line.ownerSVGElement.parentElement), limits.edge, given);
    }
  }

  if (limits.what === "texts") texts();
  else edges();
  return { faults: [...faults], count };
}
