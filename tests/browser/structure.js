// What is missing for those who do not see the page.
() => {
  const faults = new Set();
  const say = (element, what) => faults.add(`${element.outerHTML.slice(0, 100)}: ${what}`);
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const listed = (element, attribute) => (element.getAttribute(attribute) || "").split(/\s+/).filter(Boolean);
  const textOf = (id) => (document.getElementById(id) || { textContent: "" }).textContent.trim();
  const holders = "input, select, textarea, [role=slider], [role=region], [role=group]"; // not named by what they hold

  function nameOf(element) {
    const pictures = [...element.querySelectorAll("img")].map((image) => image.alt);
    const inside = element.matches(holders) ? "" : [element.textContent, ...pictures].join(" ").trim();
    const labels = element.labels ? [...element.labels].map((label) => label.textContent.trim()).join(" ").trim() : "";
    const by = listed(element, "aria-labelledby").map(textOf).join(" ").trim();
    return by || (element.getAttribute("aria-label") || "").trim() || labels || inside;
  }

  if (!document.documentElement.lang) faults.add("the page does not say its language");
  if (!document.title.trim()) faults.add("the page has no title");
  for (const tag of ["main", "h1"]) {
    if (document.querySelectorAll(tag).length !== 1) faults.add(`the page has not one ${tag}`);
  }

  const ids = new Map();
  for (const element of document.querySelectorAll("[id]")) ids.set(element.id, (ids.get(element.id) || 0) + 1);
  for (const [id, count] of ids) if (count > 1) faults.add(`id ${JSON.stringify(id)} stands ${count} times`);
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "for"]) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of listed(element, attribute)) {
        if (!ids.has(id)) say(element, `${attribute} names ${id}, which is not there`);
      }
    }
  }
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    if (link.hash.length > 1 && !ids.has(decodeURIComponent(link.hash.slice(1)))) say(link, "leads nowhere");
  }

  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    if (!shown(heading)) continue;
    const next = Number(heading.tagName[1]);
    if (next > level + 1) say(heading, `follows on h${level}`);
    if (!heading.textContent.trim()) say(heading, "is empty");
    level = next;
  }

  const buttons = new Map();
  const controls = `a[href], button, summary, [tabindex], ${holders}`;
  for (const element of document.querySelectorAll(controls)) {
    if (!shown(element) || element.type === "hidden") continue;
    const name = nameOf(element);
    if (!name && !(element.matches("[role=group]") && element.tabIndex < 0)) say(element, "has no name");
    // The word that is seen on a control is part of its name, so that it can be spoken (WCAG 2.5.3).
    const seen = element.matches("button, a") ? element.innerText.trim().toLowerCase() : "";
    if (/^[a-z ]{3,}$/.test(seen) && !name.toLowerCase().includes(seen)) say(element, `is named ${JSON.stringify(name)}`);
    if (element.matches("button[aria-label]")) buttons.set(name, (buttons.get(name) || 0) + 1);
  }
  for (const [name, count] of buttons) if (count > 1) faults.add(`${count} buttons are named ${JSON.stringify(name)}`);

  for (const image of document.querySelectorAll("img")) {
    if (!image.hasAttribute("alt")) say(image, "has no alt text");
    else if (image.alt === "" && image.getAttribute("src") && shown(image) && !image.closest("button, a, [aria-hidden=true]")) {
      say(image, "is a picture without words");
    }
  }
  for (const drawing of document.querySelectorAll("svg")) {
    if (drawing.closest("[aria-hidden=true]")) continue;
    if (drawing.getAttribute("role") !== "img" || !nameOf(drawing)) say(drawing, "is a drawing without words");
  }
  for (const table of document.querySelectorAll("table")) {
    if (!shown(table)) continue;
    if (!table.caption || !table.caption.textContent.trim()) say(table, "has no caption");
    for (const cell of table.querySelectorAll("th")) if (!cell.scope) say(cell, "has no scope");
    const wide = table.tHead ? table.tHead.rows[0].cells.length : null;
    for (const row of wide && table.tBodies.length ? table.tBodies[0].rows : []) {
      if (row.cells.length !== wide) say(row, "has another number of cells than the heading");
    }
  }
  return [...faults];
}
