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

  /** The place typed into a row; rows without one, or with what is no place, come last. */
  function typed(row) {
    var place = /^\s*(\d+)\s*[\/／]/.exec(row.querySelector('input[data-rank]').value);
    return place ? Number(place[1]) : Infinity;
  }

  /** Places that were typed out of order are kept: before a row moves, its group stands in their order. */
  function arrange(row) {
    var rows = groupOf(row);
    var sorted = rows.slice().sort(function (a, b) {
      var x = typed(a);
      var y = typed(b);
      return x === y ? rows.indexOf(a) - rows.indexOf(b) : x < y ? -1 : 1;
    });
    var end = rows[rows.length - 1].nextSibling;
    if (
      sorted.every(function (one, i) {
        return one === rows[i];
      })
    )
      return;
    // from the end, so that what each stands before is in its place already
    for (var i = rows.length - 1; i >= 0; i -= 1) row.parentNode.insertBefore(sorted[i], sorted[i + 1] || end);
  }

  function move(row, step) {
    arrange(row);
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
    arrange(moved);
    box = row.getBoundingClientRect();
    row.parentNode.insertBefore(moved, event.clientY > box.top + box.height / 2 ? row.nextSibling : row);
    number(moved);
    told(moved);
  });

  /** Whoever typed places and then sorts or searches has them saved on the way: 「保存排序」, and on to the list asked for. */
  function saveAndGo(event, query) {
    var fields = list(doc.querySelectorAll('input[data-rank]'));
    var form = fields.length > 0 && fields[0].form;
    var isChanged = fields.some(function (field) {
      return field.value !== field.form.elements['was.' + field.name.slice(5)].value;
    });
    if (!form || !isChanged) return;
    event.preventDefault();
    form.elements.back.value = query;
    form.querySelector('button[name=do][value=save]').click();
  }

  list(doc.querySelectorAll('a.queue__sort')).forEach(function (link) {
    link.addEventListener('click', function (event) {
      saveAndGo(event, link.search.slice(1));
    });
  });

  list(doc.querySelectorAll('form.filters')).forEach(function (filters) {
    filters.addEventListener('submit', function (event) {
      var query = list(filters.elements)
        .filter(function (field) {
          return field.name && field.value;
        })
        .map(function (field) {
          return encodeURIComponent(field.name) + '=' + encodeURIComponent(field.value);
        });
      saveAndGo(event, query.join('&'));
    });
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
