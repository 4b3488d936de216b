// Tables that sort by their headings, and the leaderboard's filter.
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

function sortKey(cell) {
  if (!cell) return null;
  const text = cell.dataset.value !== undefined ? cell.dataset.value : cell.textContent.trim();
  if (text === "" || text === "–" || text === "-") return null;
  if (text === "inf" || text === "∞") return Infinity;
  const plain = text.replace(/[−–]/g, "-").replace(/,(?=\d{3})/g, "").replace(/^< /, "");
  const number = parseFloat(plain);
  return Number.isNaN(number) || /^[^\d+\-.]/.test(plain) ? text : number;
}

// What is missing stands last, whichever way the rest is sorted.
function compareKeys(a, b, way) {
  if (a === null || b === null) return (a === null) - (b === null);
  if (typeof a === "number" && typeof b === "number") return way * (a - b || 0);
  return way * collator.compare(String(a), String(b));
}

function headingButton(heading, sort) {
  const button = make("button", { type: "button", "data-sort": "" });
  button.append(...heading.childNodes);
  heading.append(button);
  heading.setAttribute("aria-sort", "none");
  button.addEventListener("click", () => {
    // Words begin with the first letter, numbers with the largest, or with the smallest where less is better.
    const first = heading.classList.contains("words") || heading.textContent.includes("↓") ? "ascending" : "descending";
    const other = first === "ascending" ? "descending" : "ascending";
    const next = heading.getAttribute("aria-sort") === first ? other : first;
    for (const each of heading.parentElement.children) {
      if (each.hasAttribute("aria-sort")) each.setAttribute("aria-sort", "none");
    }
    heading.setAttribute("aria-sort", next);
    sort(next === "ascending" ? 1 : -1, heading.cellIndex);
  });
}

for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  for (const heading of table.tHead.rows[0].cells) {
    if (heading.hasAttribute("data-unsorted")) continue;
    headingButton(heading, (way, column) => {
      const rows = [...body.rows].map((row, place) => ({ row, place, key: sortKey(row.cells[column]) }));
      rows.sort((a, b) => compareKeys(a.key, b.key, way) || a.place - b.place);
      body.append(...rows.map((each) => each.row));
      tell(`Sorted by ${heading.textContent.trim()}, ${way > 0 ? "ascending" : "descending"}.`);
    });
  }
}

function filterBoard() {
  const words = byId("board-filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const region = byId("board-region") ? byId("board-region").value : "";
  let shown = 0;
  let all = 0;
  for (const block of document.querySelectorAll("[data-block]")) {
    let here = 0;
    for (const row of block.querySelectorAll("tbody tr")) {
      const text = row.dataset.method.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word)) || (region !== "" && block.dataset.region !== region);
      all += 1;
      here += row.hidden ? 0 : 1;
    }
    block.hidden = here === 0;
    shown += here;
  }
  byId("board-count").textContent = shown === all ? `${all} rows` : `${shown} of ${all} rows`;
}
byId("board-controls").hidden = false;
byId("board-filter").addEventListener("input", filterBoard);
byId("board-filter").addEventListener("keydown", (event) => {
  if (event.key === "Escape") { event.target.value = ""; filterBoard(); }
});
if (byId("board-region")) byId("board-region").addEventListener("change", filterBoard);
filterBoard();
