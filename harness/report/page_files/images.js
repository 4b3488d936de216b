// The table of every image: a column for each method, by one metric and region; a page of rows at a time.
const PAGE = 200;
const all = { metric: 0, region: 0, words: [], column: -1, way: 1, page: 0 };
const valuesAt = new Map(); // "region image method" -> values, one a metric
for (const [image, method, region, values] of data.rows) valuesAt.set(`${region} ${image} ${method}`, values);

function valueOf(image, method, metric, region = all.region) {
  const values = valuesAt.get(`${region} ${image} ${method}`);
  const value = values ? values[metric] : null;
  return value === "inf" ? Infinity : value === "-inf" ? -Infinity : value;
}

function shownValue(value, metric) {
  if (value === null || value === undefined) return "–";
  return Number.isFinite(value) ? value.toFixed(data.metrics[metric].decimals).replace("-", "−") : value > 0 ? "inf" : "−inf";
}

// A heading stays in sight while rows are scrolled, and so may not fill what is seen of the table.
function shortName(name, most = 40) {
  const letters = [...name];
  if (letters.length <= most) return name;
  return `${letters.slice(0, most / 2).join("")}…${letters.slice(1 - most / 2).join("")}`;
}

function thumbnail(image) {
  const layer = image.layers && image.layers.find((each) => each.role === "reference");
  return layer && layer.small ? make("img", { src: layer.small, alt: "", decoding: "async" }) : null;
}

function chosenImages() {
  const places = [...data.images.keys()].filter((place) => {
    const image = data.images[place];
    if (!data.methods.some((_, method) => valuesAt.has(`${all.region} ${place} ${method}`))) return false;
    const text = `${image.key} ${image.group}`.toLowerCase();
    return all.words.every((word) => text.includes(word));
  });
  if (all.column < 0) return places;
  const methods = data.grouped ? 2 : 1;
  const keyOf = (place) => {
    if (all.column === 0) return data.images[place].key;
    if (all.column < methods) return data.images[place].group || null;
    const value = valueOf(place, all.column - methods, all.metric);
    return value === undefined ? null : value;
  };
  const keys = new Map(places.map((place) => [place, keyOf(place)]));
  return places.sort((a, b) => compareKeys(keys.get(a), keys.get(b), all.way) || a - b);
}

function fillAll() {
  const places = chosenImages();
  const pages = Math.max(1, Math.ceil(places.length / PAGE));
  all.page = Math.min(all.page, pages - 1);
  const here = places.slice(all.page * PAGE, (all.page + 1) * PAGE);
  const rows = here.map((place) => {
    const image = data.images[place];
    const picture = thumbnail(image);
    const open = image.layers
      ? make("button", { type: "button", "data-open": place, title: "Show its pictures" }, ...(picture ? [picture] : []), image.key)
      : image.key;
    const row = make("tr", { "data-image": place }, make("th", { scope: "row" }, open));
    if (data.grouped) row.append(make("td", { class: "words" }, image.group || "–"));
    data.methods.forEach((_, method) => row.append(make("td", {}, shownValue(valueOf(place, method, all.metric), all.metric))));
    return row;
  });
  const table = byId("all-table");
  table.tBodies[0].replaceChildren(...rows);
  const total = data.images.length;
  const paged = pages > 1 ? `, page ${all.page + 1} of ${pages}` : "";
  byId("all-count").textContent = (places.length === total ? `${total} images` : `${places.length} of ${total} images`) + paged;
  byId("all-previous").disabled = all.page === 0;
  byId("all-next").disabled = all.page === pages - 1;
  byId("all-previous").hidden = byId("all-next").hidden = pages === 1;
  markCurrent();
}

function markCurrent() {
  for (const row of byId("all-table").tBodies[0].rows) {
    row.classList.toggle("current", Boolean(globalViewer) && Number(row.dataset.image) === globalViewer.image);
  }
}
let globalViewer = null;

function startAll() {
  const head = make("tr", {}, make("th", { scope: "col", class: "words" }, "Image"));
  if (data.grouped) head.append(make("th", { scope: "col", class: "words" }, "Group"));
  for (const method of data.methods) head.append(make("th", { scope: "col", title: method }, shortName(method)));
  byId("all-table").tHead.append(head);
  for (const heading of head.cells) {
    headingButton(heading, (way, column) => {
      Object.assign(all, { way, column, page: 0 });
      fillAll();
      tell(`Sorted by ${heading.textContent.trim()}, ${way > 0 ? "ascending" : "descending"}.`);
    });
  }
  data.metrics.forEach((metric, place) => byId("all-metric").append(make("option", { value: place }, metric.name)));
  data.regions.forEach((region, place) => byId("all-region").append(make("option", { value: place }, region)));
  byId("all-region-label").hidden = data.regions.length < 2;
  byId("all-metric").addEventListener("change", (event) => { all.metric = Number(event.target.value); fillAll(); });
  byId("all-region").addEventListener("change", (event) => { all.region = Number(event.target.value); all.page = 0; fillAll(); });
  const filter = byId("all-filter");
  filter.addEventListener("input", () => {
    all.words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    all.page = 0;
    fillAll();
  });
  filter.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { filter.value = ""; filter.dispatchEvent(new Event("input")); }
  });
  byId("all-previous").addEventListener("click", () => { all.page -= 1; fillAll(); });
  byId("all-next").addEventListener("click", () => { all.page += 1; fillAll(); });
  byId("all-images").hidden = false;
  fillAll();
}
startAll();
