// What makes the page wider than its window; what scrolls by itself may be wider.
() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  function inside(element) {
    for (let each = element.parentElement; each && each !== document.body; each = each.parentElement) {
      if (getComputedStyle(each).overflowX !== "visible") return true;
    }
    return false;
  }
  return [...document.body.querySelectorAll("*")]
    .filter((each) => each.getBoundingClientRect().right > wide + 0.5 && !inside(each))
    .map((each) => `${each.outerHTML.slice(0, 80)} ends at ${Math.round(each.getBoundingClientRect().right)}`);
}
