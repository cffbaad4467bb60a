/* global document, window, getComputedStyle, axe */

/**
 * What the browser tests ask a page. The function's text is evaluated inside the page, scripts on or off, so it refers to nothing outside itself.
 */
module.exports = function pageTools() {
  const all = (css, scope) => Array.from((scope || document).querySelectorAll(css));
  const plain = (text) => text.replace(/\s+/g, ' ').trim();

  /** The text a sighted reader sees. */
  function seen(element) {
    const copy = element.cloneNode(true);
    all('.govuk-visually-hidden, .required, [aria-hidden=true]', copy).forEach((x) => x.remove());
    return plain(copy.textContent);
  }
  const isVisible = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(element).visibility === 'visible' && !element.closest('[aria-hidden=true]');
  };

  /** A button or link by the words on it, those in the page's own content first; `about` must occur in its full name or in the row or card around it. */
  function clickable(words, about) {
    const fits = (element) =>
      seen(element) === words &&
      isVisible(element) &&
      (!about || [element, element.closest('tr, fieldset, section, .field')].some((x) => x && plain(x.textContent).includes(about)));
    return all('main a, main button').find(fits) || all('a, button').find(fits) || null;
  }

  /** The inputs of a name (`part.field`) or of a label: one control, or the radios of a group. */
  function inputs(key) {
    const named = all('[name]').filter((x) => x.name === key && x.type !== 'hidden' && x.tagName !== 'BUTTON' && x.tagName !== 'META');
    if (named.length > 0) return named;
    const label = all('main label').find((x) => seen(x) === key && isVisible(x));
    if (label) return label.control ? [label.control] : [];
    const legend = all('main legend').find((x) => seen(x) === key);
    return legend ? all('input:not([type=hidden])', legend.parentNode) : [];
  }
  /** A radio by its value or by the words beside it, in full or their beginning. */
  function radioOf(list, value) {
    const wordsOf = (x) => (x.labels[0] ? seen(x.labels[0]) : '');
    return list.find((x) => x.value === value || wordsOf(x) === value) || list.find((x) => wordsOf(x).startsWith(value)) || null;
  }

  function optionOf(select, value) {
    const options = Array.from(select.options);
    const wordsOf = (o) => plain(o.textContent);
    return (
      options.find((o) => o.value === value || wordsOf(o) === value) ||
      options.find((o) => value !== '' && wordsOf(o).startsWith(value)) ||
      null
    );
  }

  return {
    clickable,
    /** true when htmx answers it in this page */
    isInPlace: (words, about) => Boolean(clickable(words, about) && clickable(words, about).hasAttribute('hx-post')),

    input: (key, value) => {
      const list = inputs(key);
      return list.length > 0 && list[0].type === 'radio' ? radioOf(list, value) : list[0] || null;
    },
    /** What kind of input it is and what it holds; null when the page has none. `option` is the value of the wanted entry of a drop-down. */
    control: (key, value) => {
      const list = inputs(key);
      const first = list[0];
      if (!first) return null;
      const isRadio = first.type === 'radio';
      const target = isRadio ? radioOf(list, value) : first;
      const option = first.tagName === 'SELECT' ? optionOf(first, value) : null;
      return {
        kind:
          first.tagName === 'SELECT'
            ? 'select'
            : isRadio || first.type === 'checkbox'
              ? first.type
              : first.type === 'file'
                ? 'file'
                : 'text',
        isFound: isRadio ? target !== null : first.tagName === 'SELECT' ? option !== null : true,
        isThere:
          isRadio || first.type === 'checkbox'
            ? Boolean(target && target.checked)
            : first.tagName === 'SELECT'
              ? first.value === (option && option.value)
              : first.value === value,
        isFixed: Boolean(first.readOnly || first.disabled),
        option: option ? option.value : '',
        isInPlace: Boolean(target && target.hasAttribute('hx-post')),
      };
    },
    select: (key) => inputs(key)[0].select(),
    hidden: (name) => {
      const found = all('input[type=hidden]').find((x) => x.name === name);
      return found ? found.value : null;
    },
    file: (name) => all('input[type=file]').find((x) => x.name === name) || null,
    /** the words by which the upload button beside a file field is found */
    uploadLabel: (name) => {
      const field = all('input[type=file]').find((x) => x.name === name);
      return field ? plain(field.parentNode.querySelector('button').textContent) : null;
    },

    text: (css) => plain((document.querySelector(css) || document.body).innerText),
    texts: (css) => all(css).map((x) => plain(x.textContent)),
    focused: () => (document.activeElement ? document.activeElement.id : ''),
    href: (words, about) => {
      const found = clickable(words, about);
      return found ? found.getAttribute('href') : null;
    },
    isSettled: () =>
      !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added, [aria-busy=true]') &&
      Array.from(document.images).every((i) => i.complete),

    survey: () => ({
      title: document.title,
      headings: all('h1').map((x) => plain(x.textContent)),
      overflow: document.scrollingElement.scrollWidth - window.innerWidth,
      // what reaches beyond the right edge and is not inside a scroller of its own
      wide: all('body *')
        .filter((x) => x.getBoundingClientRect().right > window.innerWidth + 1 && !x.closest('.table-scroll, .govuk-visually-hidden'))
        .slice(0, 3)
        .map((x) => x.tagName.toLowerCase() + '.' + x.className),
      // without scripts, what only scripts can serve must not be shown
      dead: document.documentElement.classList.contains('js') ? 0 : all('.js-only').filter(isVisible).length,
      newWindows: all('[target]').length,
      brokenImages: Array.from(document.images)
        .filter((i) => i.complete && i.naturalWidth === 0)
        .map((i) => i.getAttribute('src')),
    }),
    axe: (tags) => {
      // what sticks to an edge lies over whatever stands behind it at this moment; whoever scrolls on, or comes there by the keyboard (scroll-padding), has all of it before them
      const stuck = all('body *').filter((x) => getComputedStyle(x).position === 'sticky');
      for (const x of stuck) x.style.position = 'static';
      return axe
        .run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
        .then((r) =>
          r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ') + ' — ' + plain(n.failureSummary)).join(' | ')),
        )
        .finally(() => {
          for (const x of stuck) x.style.position = '';
        });
    },
  };
};
