// Everything that Tab should stop at, in the page's order; remembered for the walk.
() => {
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], iframe";
  const found = [...document.querySelectorAll(kinds)].filter(
    (each) => !each.disabled && each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true }),
  );
  // Of radio buttons with one name, Tab stops at one alone.
  const groups = new Set();
  window.expectedStops = found.filter((each) => {
    if (each.type !== "radio" || !each.name) return true;
    const first = !groups.has(each.name);
    groups.add(each.name);
    return first;
  });
  document.activeElement.blur();
  scrollTo({ top: 0, behavior: "instant" });
  return window.expectedStops.map((each) => each.outerHTML.slice(0, 90));
}
