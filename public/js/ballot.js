/*
 * The ballot of a meeting: how many are chosen, the next one that is not, and a session that does not end while somebody chooses. What is chosen is kept nowhere, so that
 * three hundred choices would be lost with it. ES5, as site.js.
 */
(function () {
  'use strict';

  var doc = document;
  var form = doc.querySelector('form[data-ballot]');
  var items = form ? form.querySelectorAll('[data-vote]') : [];
  var state = doc.getElementById('ballot-state');
  var next = doc.getElementById('ballot-next');
  /** ms; a session of staff ends 15 minutes after its last request */
  var ALIVE_EVERY = 180000;
  var asked = Date.now();
  var isOver = false;
  if (!state) return;

  function isOpen(item) {
    return !item.querySelector('input:checked');
  }
  function open() {
    return Array.prototype.filter.call(items, isOpen);
  }

  function show() {
    var left = open().length;
    if (isOver) return;
    state.textContent =
      left === 0 ? '全部 ' + items.length + ' 份都已选择，请核对后投票' : '已选 ' + (items.length - left) + ' 份，还有 ' + left + ' 份未选';
    next.hidden = left === 0;
  }

  // The one after where the reader is; from the last one on again from the first.
  next.addEventListener('click', function (event) {
    var left = open();
    var below = left.filter(function (item) {
      return item.getBoundingClientRect().top > 80;
    })[0];
    var item = below || left[0];
    event.preventDefault();
    if (!item) return;
    item.scrollIntoView();
    item.querySelector('input').focus({ preventScroll: true });
  });

  function sayOver() {
    isOver = true;
    next.hidden = true;
    state.textContent = '登录已经失效，本页所选的内容不能投出，请记下后重新登录，再次选择';
  }

  // Only what a person does counts, and only that it was done: an untouched page ends as any other.
  function stayIn() {
    if (isOver || Date.now() - asked < ALIVE_EVERY) return;
    asked = Date.now();
    fetch(form.getAttribute('data-alive'), { credentials: 'same-origin', cache: 'no-store' })
      .then(function (answer) {
        if (answer.redirected) sayOver();
      })
      .catch(function () {
        // no network now: the next touch asks again
        asked = 0;
      });
  }

  form.addEventListener('change', show);
  ['change', 'keydown', 'scroll', 'pointerdown'].forEach(function (name) {
    doc.addEventListener(name, stayIn, { passive: true });
  });
  window.addEventListener('pageshow', show);
  show();
})();
