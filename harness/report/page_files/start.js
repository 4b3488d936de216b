// What all parts of the page share: the data, the line that tells what was done, the theme, and copying.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

let quiet = 0;
function tell(text) {
  byId("status").textContent = text;
  clearTimeout(quiet);
  quiet = setTimeout(() => { byId("status").textContent = ""; }, 4000);
}

// A page opened from a disk may not be allowed to keep anything.
function kept(value) {
  try {
    if (value === undefined) return localStorage.getItem("srmetrics-theme");
    localStorage.setItem("srmetrics-theme", value);
  } catch { /* then it is asked of the system each time */ }
  return null;
}

const themeButton = byId("theme");
const systemDark = matchMedia("(prefers-color-scheme: dark)");
function showTheme() {
  const chosen = document.documentElement.dataset.theme;
  const dark = chosen ? chosen === "dark" : systemDark.matches;
  themeButton.setAttribute("aria-pressed", String(dark));
}
const remembered = kept();
if (remembered === "dark" || remembered === "light") document.documentElement.dataset.theme = remembered;
themeButton.hidden = false;
themeButton.addEventListener("click", () => {
  const next = themeButton.getAttribute("aria-pressed") === "true" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  kept(next);
  showTheme();
});
systemDark.addEventListener("change", showTheme);
showTheme();

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = make("textarea", { class: "unseen", readonly: "", tabindex: "-1", "aria-hidden": "true" });
    area.value = text;
    const before = document.activeElement;
    document.body.append(area);
    area.select();
    let done = false;
    try { done = document.execCommand("copy"); } catch { done = false; }
    area.remove();
    if (before) before.focus();
    return done;
  }
}
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const done = await copy(button.dataset.text);
  const { what } = button.dataset;
  tell(done ? `Copied ${what}.` : `The browser did not let ${what} be copied.`);
});

// What is wider or higher than its place is reached and scrolled by keys; what is not is no stop on the way.
const scrolled = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const place = target.closest(".scroll");
    const more = place.scrollWidth > place.clientWidth + 1 || place.scrollHeight > place.clientHeight + 1;
    if (more) place.tabIndex = 0; else place.removeAttribute("tabindex");
  }
});
for (const place of document.querySelectorAll(".scroll")) {
  scrolled.observe(place);
  if (place.firstElementChild) scrolled.observe(place.firstElementChild);
}
