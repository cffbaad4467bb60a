/*
 * R2: the ranks of 「职称申报数据上报」 by order: rows are dragged, or moved by the buttons 「上移」「下移」, and the places are written into the fields. Typing stays the way that
 * needs nothing of this. Loaded as type="module"; kept in ES5 like site.js.
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

  function button(text, name, step) {
    var b = doc.createElement('button');
    var hidden = doc.createElement('span');
    b.type = 'button';
    b.className = 'govuk-button govuk-button--secondary ranks__button';
    b.textContent = text;
    hidden.className = 'govuk-visually-hidden';
    hidden.textContent = '：' + name;
    b.appendChild(hidden);
    b.addEventListener('click', function () {
      move(b.closest('tr'), step);
      b.focus();
    });
    return b;
  }

  function addMoves(row) {
    var cell = row.querySelector('input[data-rank]').parentNode;
    var box = doc.createElement('span');
    var handle = doc.createElement('span');
    var name = row.getAttribute('data-rank-name');
    box.className = 'ranks';
    handle.className = 'ranks__handle';
    handle.setAttribute('aria-hidden', 'true');
    handle.title = '拖动排序';
    handle.textContent = '⠿';
    handle.draggable = true;
    handle.addEventListener('dragstart', function (event) {
      dragged = row;
      event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData('text/plain', '');
      row.classList.add('ranks__row--dragged');
    });
    handle.addEventListener('dragend', function () {
      row.classList.remove('ranks__row--dragged');
      dragged = null;
    });
    box.appendChild(handle);
    box.appendChild(button('上移', name, -1));
    box.appendChild(button('下移', name, 1));
    cell.appendChild(box);
  }

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

  list(doc.querySelectorAll('tr[data-rank-group]')).forEach(function (row) {
    if (groupOf(row).length > 1) addMoves(row);
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
