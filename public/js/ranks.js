/*
 * R2: the ranks of 「职称申报数据上报」 by order: rows are dragged, or moved by the buttons 「上移」「下移」, and the places are written into the fields. Typing stays the way that
 * needs nothing of this; the buttons stand in the page and are shown where scripts run. Loaded as type="module"; kept in ES5 like site.js.
 */
(function () {
  'use strict';

  var doc = document;
  var live = doc.getElementById('live');
  var dragged = null;

  function say(text) {
    live.textContent = '';
    setTimeout(function () {
      live.textContent = text;
    }, 60);
  }

  function list(nodes) {
    return Array.prototype.slice.call(nodes);
  }

  /** Rows that are ranked against each other: one declaring unit, one batch. */
  function groupOf(row) {
    return list(row.parentNode.querySelectorAll('tr[data-rank-group]')).filter(function (other) {
      return other.getAttribute('data-rank-group') === row.getAttribute('data-rank-group');
    });
  }

  /** Writes the places of a group in the order of its rows; places that were reported before stay taken. */
  function number(row) {
    var rows = groupOf(row);
    var taken = (row.getAttribute('data-rank-taken') || '').split(',').filter(Boolean);
    var total = Number(row.getAttribute('data-rank-total')) || rows.length + taken.length;
    var place = 0;
    rows.forEach(function (one) {
      do {
        place += 1;
      } while (taken.indexOf(String(place)) >= 0);
      one.querySelector('input[data-rank]').value = place + '/' + total;
    });
  }

  function told(row) {
    say(row.getAttribute('data-rank-name') + '，' + row.querySelector('input[data-rank]').value);
  }

  function move(row, step) {
    var rows = groupOf(row);
    var at = rows.indexOf(row);
    var other = rows[at + step];
    if (!other) {
      say(step < 0 ? '已经是第一名' : '已经是最后一名');
      return;
    }
    row.parentNode.insertBefore(row, step < 0 ? other : other.nextSibling);
    number(row);
    told(row);
  }

  doc.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('[data-rank-move]');
    if (!button) return;
    move(button.closest('tr'), Number(button.getAttribute('data-rank-move')));
    button.focus();
  });

  doc.addEventListener('dragstart', function (event) {
    var row = event.target.closest && event.target.closest('.ranks__handle') && event.target.closest('tr');
    if (!row) return;
    dragged = row;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', '');
    row.classList.add('ranks__row--dragged');
  });

  doc.addEventListener('dragend', function () {
    if (!dragged) return;
    dragged.classList.remove('ranks__row--dragged');
    dragged = null;
  });

  function isTarget(row) {
    return dragged && row && row !== dragged && row.getAttribute('data-rank-group') === dragged.getAttribute('data-rank-group');
  }

  doc.addEventListener('dragover', function (event) {
    if (isTarget(event.target.closest && event.target.closest('tr[data-rank-group]'))) event.preventDefault();
  });

  doc.addEventListener('drop', function (event) {
    var row = event.target.closest && event.target.closest('tr[data-rank-group]');
    var box, moved;
    if (!isTarget(row)) return;
    event.preventDefault();
    moved = dragged;
    box = row.getBoundingClientRect();
    row.parentNode.insertBefore(moved, event.clientY > box.top + box.height / 2 ? row.nextSibling : row);
    number(moved);
    told(moved);
  });

  list(doc.querySelectorAll('[data-rank-all]')).forEach(function (all) {
    all.addEventListener('click', function () {
      var done = {};
      list(doc.querySelectorAll('tr[data-rank-group]')).forEach(function (row) {
        var group = row.getAttribute('data-rank-group');
        if (!done[group]) number(row);
        done[group] = true;
      });
      say('已按列表顺序填写单位推荐排序');
    });
  });
})();
