/*
 * What the pages gain where scripts run. Loaded as type="module", so engines of the IE 11 age never see it and get the plain forms; kept in ES5 all the same, so that a page
 * that loses this gate still parses. Nothing here is needed to get work done.
 */
(function () {
  'use strict';

  var doc = document;
  var htmx = window.htmx;
  var live = doc.getElementById('live');
  doc.documentElement.className += ' js';

  function each(selector, scope, work) {
    Array.prototype.forEach.call((scope || doc).querySelectorAll(selector), work);
  }

  /** Has a screen reader say the text, once, without moving the focus. */
  function say(text) {
    live.textContent = '';
    setTimeout(function () {
      live.textContent = text;
    }, 60);
  }

  function focusOn(element) {
    if (!element) return;
    if (element.tabIndex < 0 && !element.hasAttribute('tabindex')) element.setAttribute('tabindex', '-1');
    element.focus();
  }

  // Errors: the summary has the focus; its links bring the label into view, then the field.

  function focusProblems() {
    var summary = doc.getElementById('error-summary');
    if (summary) summary.focus();
    return Boolean(summary);
  }

  doc.addEventListener('click', function (event) {
    var link = event.target.closest('#error-summary a[href^="#"]');
    var field = link && doc.getElementById(decodeURIComponent(link.getAttribute('href').slice(1)));
    if (!field) return;
    event.preventDefault();
    (field.closest('.field, .ballot__item') || field).scrollIntoView();
    if (field.tabIndex < 0 && !field.hasAttribute('tabindex')) field.setAttribute('tabindex', '-1');
    field.focus({ preventScroll: true });
  });

  // One press is one submission: repeats are held back until the answer comes, or long enough that something must have gone wrong. The server decides in the end by the form's token.

  var PATIENCE = 15000;

  function release(form) {
    form.removeAttribute('data-busy');
    each('[aria-disabled]', form, function (button) {
      button.removeAttribute('aria-disabled');
    });
  }

  doc.addEventListener('submit', function (event) {
    var form = event.target;
    if (form.method !== 'post') return;
    if (form.hasAttribute('data-busy')) {
      event.preventDefault();
      say('正在提交，请稍候');
      return;
    }
    form.setAttribute('data-busy', '');
    if (event.submitter && event.submitter.tabIndex >= 0) event.submitter.setAttribute('aria-disabled', 'true');
    setTimeout(function () {
      release(form);
    }, PATIENCE);
  });

  window.addEventListener('pageshow', function () {
    each('form[data-busy]', doc, release);
  });

  // Character counters: characters as people see them, as the server counts; code points where the browser can not tell.

  var segmenter = window.Intl && window.Intl.Segmenter ? new window.Intl.Segmenter('zh', { granularity: 'grapheme' }) : null;

  function lengthOf(text) {
    if (segmenter) return Array.from(segmenter.segment(text)).length;
    return text.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g, '_').length;
  }

  function count(area) {
    var length = lengthOf(area.value.trim().replace(/\r\n/g, '\n'));
    var limit = Number(area.getAttribute('data-limit'));
    var line = doc.getElementById(area.id + '-count');
    if (!line) return;
    line.querySelector('.counter').textContent = length;
    line.classList[length > limit ? 'add' : 'remove']('counter--over');
    clearTimeout(area.countTimer);
    if (length > limit * 0.9) {
      area.countTimer = setTimeout(function () {
        say(length > limit ? '已超出 ' + (length - limit) + ' 字' : '还可以填写 ' + (limit - length) + ' 字');
      }, 1200);
    }
  }

  // Tables with tick boxes: one box for the page, and how many are ticked.

  function showTicked(table) {
    var boxes = table.querySelectorAll('tbody input[type=checkbox]');
    var ticked = table.querySelectorAll('tbody input[type=checkbox]:checked').length;
    var all = table.querySelector('thead input[type=checkbox]');
    if (all) {
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    each('[data-selected-count]', table.closest('form') || doc, function (place) {
      place.textContent = '已选 ' + ticked + ' 项';
    });
  }

  function addSelectAll(table) {
    var head = table.querySelector('thead .queue__tick');
    if (!head || head.querySelector('input') || !table.querySelector('tbody input[type=checkbox]')) return;
    var label = doc.createElement('label');
    var box = doc.createElement('input');
    var text = doc.createElement('span');
    label.className = 'queue__tick-label';
    box.type = 'checkbox';
    text.className = 'queue__tick-text';
    text.textContent = '全选本页';
    label.appendChild(box);
    label.appendChild(text);
    head.textContent = '';
    head.appendChild(label);
    showTicked(table);
  }

  doc.addEventListener('change', function (event) {
    var box = event.target;
    var table = box.type === 'checkbox' && box.closest('table[data-selectable]');
    if (!table) return;
    if (box.closest('thead')) {
      each('tbody input[type=checkbox]', table, function (one) {
        one.checked = box.checked;
      });
    }
    showTicked(table);
  });

  // Unit search: asks 300 ms after the last key, never while an input method composes. What is chosen among the radios takes the place of the hidden field.

  function search(box) {
    clearTimeout(box.searchTimer);
    box.searchTimer = setTimeout(function () {
      if (htmx && box.value.trim() !== (box.asked || '')) {
        box.asked = box.value.trim();
        if (box.asked) htmx.trigger(box, 'unit-search');
        else doc.getElementById(box.id.replace(/-q$/, '-found')).textContent = '';
      }
    }, 300);
  }

  doc.addEventListener('input', function (event) {
    var target = event.target;
    if (target.hasAttribute('data-limit')) count(target);
    if (target.hasAttribute('data-unit-search') && !event.isComposing) search(target);
  });

  doc.addEventListener('compositionend', function (event) {
    if (event.target.hasAttribute('data-unit-search')) search(event.target);
  });

  doc.addEventListener('keydown', function (event) {
    if (event.key !== 'Enter' || !event.target.hasAttribute('data-unit-search')) return;
    event.preventDefault();
    if (!event.isComposing) search(event.target);
  });

  function hiddenOf(picker) {
    return picker.parentNode.querySelector('input[type=hidden]');
  }

  function takeResults(picker) {
    var hidden = hiddenOf(picker);
    var radios = picker.querySelectorAll('.picker__found input[type=radio]');
    var chosen = false;
    Array.prototype.forEach.call(radios, function (radio) {
      radio.name = hidden.name;
      if (radio.checked) chosen = true;
    });
    hidden.disabled = chosen;
    say(radios.length ? '找到 ' + radios.length + ' 个单位' : '没有找到符合的单位');
  }

  doc.addEventListener('change', function (event) {
    var radio = event.target;
    var picker = radio.type === 'radio' && radio.closest('[data-picker]');
    if (!picker) return;
    var hidden = hiddenOf(picker);
    var shown = picker.querySelector('.picker__chosen');
    var name = doc.createElement('strong');
    hidden.value = radio.value;
    hidden.disabled = true;
    name.className = 'picker__name';
    name.textContent = radio.getAttribute('data-name');
    shown.textContent = '';
    shown.appendChild(name);
    say('已选择 ' + name.textContent);
  });

  // Files are sent as soon as they are chosen; the button 「上传」 stays for those who want it. What the server would refuse anyway is said before anything is sent.

  var MEGABYTE = 1024 * 1024;

  function notOfAKind(name, accepted) {
    var also = /pdf/.test(accepted);
    if (/\.(heic|heif)$/i.test(name))
      return '是手机的 HEIC 照片，不能直接上传。请在手机「设置」的「相机」「格式」中选择「兼容性最佳」后重新拍摄，或者截图后上传截图';
    if (also && /\.(docx?|wps|rtf|txt|odt|xlsx?|et|pptx?|dps)$/i.test(name))
      return '不能上传。请打开它，用「输出为 PDF」或者「另存为」存成 PDF 后上传';
    return '不能上传，只能上传 JPG、PNG、GIF 图片' + (also ? '或者 PDF 文件' : '');
  }

  function whyNot(input) {
    var accepted = input.getAttribute('accept') || 'pdf';
    var room = Number(input.getAttribute('data-max'));
    var i, file, isPdf;
    if (room && input.files.length > room) return '本项目还可以上传 ' + room + ' 个文件，您选择了 ' + input.files.length + ' 个，请重新选择';
    for (i = 0; i < input.files.length; i++) {
      file = input.files[i];
      isPdf = /\.pdf$/i.test(file.name);
      if (!/\.(jpe?g|png|gif|pdf)$/i.test(file.name) || (isPdf && !/pdf/.test(accepted))) return '「' + file.name + '」' + notOfAKind(file.name, accepted);
      if (file.size > (isPdf ? 5 : 30) * MEGABYTE)
        return (
          '「' + file.name + '」' +
          (isPdf ? '超过 5 MB，不能上传。请降低清晰度后重新扫描，或者拆成几个文件后上传' : '超过 30 MB，不能上传。请用画图软件把图片缩小后上传')
        );
    }
    return '';
  }

  function sayBeside(input, text) {
    var id = input.id + '-refused';
    var line = doc.getElementById(id);
    if (!line && text) {
      line = doc.createElement('p');
      line.id = id;
      line.className = 'govuk-error-message';
      line.setAttribute('role', 'alert');
      input.parentNode.insertBefore(line, input);
    }
    if (line) line.textContent = text;
  }

  function send(input) {
    var problem = whyNot(input);
    var button = input.parentNode.querySelector('button');
    sayBeside(input, problem);
    if (problem) {
      input.value = '';
      return;
    }
    if (button) button.click();
  }

  doc.addEventListener('change', function (event) {
    var input = event.target;
    if (input.hasAttribute && input.hasAttribute('data-upload') && input.files.length) send(input);
  });

  // A file let go over an item is one chosen there. Let go beside it, it must not take the page away with all that was typed. What may be dropped where is said by the colour.

  function dropPlace(event) {
    var types = event.dataTransfer && event.dataTransfer.types;
    var group = event.target.closest && event.target.closest('.field');
    if (!types || Array.prototype.indexOf.call(types, 'Files') < 0) return null;
    return { input: group && group.querySelector('input[data-upload]'), group: group };
  }

  function markDrop(group) {
    var marked = doc.querySelector('.field--drop');
    if (marked && marked !== group) marked.classList.remove('field--drop');
    if (group) group.classList.add('field--drop');
  }

  doc.addEventListener('dragover', function (event) {
    var place = dropPlace(event);
    if (!place) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = place.input ? 'copy' : 'none';
    markDrop(place.input ? place.group : null);
  });

  doc.addEventListener('dragleave', function (event) {
    if (!event.relatedTarget) markDrop(null);
  });

  doc.addEventListener('drop', function (event) {
    var place = dropPlace(event);
    if (!place) return;
    event.preventDefault();
    markDrop(null);
    if (!place.input) return;
    try {
      place.input.files = event.dataTransfer.files;
    } catch (e) {
      sayBeside(place.input, '当前浏览器不支持拖放，请点击「选择文件」');
      return;
    }
    if (place.input.files.length) send(place.input);
  });

  // The files of an item in their order: buttons and arrow keys move one, so does the mouse; the numbers that the form sends follow.

  function numberAnew(list) {
    Array.prototype.forEach.call(list.children, function (item, at) {
      item.querySelector('.arrange__number').value = at + 1;
    });
  }

  function moveItem(item, step) {
    var list = item.parentNode;
    var other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    list.insertBefore(item, step < 0 ? other : other.nextElementSibling);
    numberAnew(list);
    say('已移到第 ' + item.querySelector('.arrange__number').value + ' 位，请点击「保存名称和顺序」');
  }

  function makeSortable(list) {
    if (list.hasAttribute('data-sortable') || list.children.length < 2) return;
    list.setAttribute('data-sortable', '');
    Array.prototype.forEach.call(list.children, function (item) {
      item.querySelector('.arrange__picture').draggable = true;
    });
  }

  doc.addEventListener('click', function (event) {
    var button = event.target.closest('.arrange__move');
    if (!button) return;
    moveItem(button.closest('.arrange__item'), Number(button.getAttribute('data-step')));
    button.focus();
  });

  doc.addEventListener('keydown', function (event) {
    var button = event.target.closest && event.target.closest('.arrange__move');
    var item = button && button.closest('.arrange__item');
    if (!item || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    moveItem(item, event.key === 'ArrowUp' ? -1 : 1);
    button.focus();
  });

  var dragged = null;

  doc.addEventListener('dragstart', function (event) {
    dragged = event.target.closest && event.target.closest('[data-sortable] .arrange__item');
    if (!dragged) return;
    dragged.classList.add('arrange__item--dragged');
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', '');
  });
  doc.addEventListener('dragover', function (event) {
    var over = dragged && event.target.closest('.arrange__item');
    if (!over || over.parentNode !== dragged.parentNode) return;
    event.preventDefault();
    if (over !== dragged) {
      var box = over.getBoundingClientRect();
      over.parentNode.insertBefore(dragged, event.clientY > box.top + box.height / 2 ? over.nextElementSibling : over);
    }
  });
  doc.addEventListener('dragend', function () {
    if (!dragged) return;
    dragged.classList.remove('arrange__item--dragged');
    numberAnew(dragged.parentNode);
    dragged = null;
  });

  function enhance(scope) {
    each('textarea[data-limit]', scope, count);
    each('table[data-selectable]', scope, addSelectAll);
    each('[data-arrange]', scope, makeSortable);
  }

  enhance(doc);
  focusProblems();
  if (!htmx) return;

  // htmx answers the buttons that only change the form (rows, files, dependent choices) in place.

  function tell(text) {
    var old = doc.getElementById('trouble');
    var box = doc.createElement('div');
    if (old) old.parentNode.removeChild(old);
    box.id = 'trouble';
    box.className = 'notice notice--warning';
    box.setAttribute('role', 'alert');
    box.setAttribute('tabindex', '-1');
    box.textContent = text + '。您填写的内容仍在本页，没有丢失。';
    doc.getElementById('main').insertBefore(box, doc.getElementById('main').firstChild);
    box.focus();
  }

  function fieldsOf(form) {
    var values = {};
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || /^(hidden|file|submit|button)$/.test(field.type)) return;
      if (field.type === 'radio') {
        if (field.checked) values[field.name] = field.value;
      } else values[field.name] = field.type === 'checkbox' ? field.checked : field.value;
    });
    return values;
  }

  // What is typed while a request is under way is carried over into the form that comes back.

  var sent = null;
  var typedSince = null;

  function keepTyped(form) {
    var now = fieldsOf(form);
    typedSince = {};
    Object.keys(now).forEach(function (name) {
      if (sent && now[name] !== sent[name]) typedSince[name] = now[name];
    });
    sent = null;
  }

  function putBack(form) {
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!typedSince.hasOwnProperty(field.name) || /^(hidden|file|submit|button)$/.test(field.type)) return;
      if (field.type === 'radio') field.checked = field.value === typedSince[field.name];
      else if (field.type === 'checkbox') field.checked = typedSince[field.name];
      else field.value = typedSince[field.name];
    });
    typedSince = null;
  }

  // What takes no time is not announced before it is done: one message for one act.
  var AT_ONCE = 1000;
  var slow = null;

  /** Where the focus goes after the form came back: `data-after` of the pressed button names the element, `data-after-field` means the first field in it. */
  var after = null;

  function settleFocus() {
    var place = after && doc.querySelector(after.selector);
    var wanted = after;
    after = null;
    if (place) focusOn((wanted.field && place.querySelector('input:not([type=hidden]),select,textarea')) || place);
    else if (wanted) focusProblems();
  }

  doc.addEventListener('htmx:configRequest', function (event) {
    if (event.target.hasAttribute('data-unit-search')) event.detail.parameters.q = event.target.value.trim();
  });

  doc.addEventListener('htmx:beforeRequest', function (event) {
    var element = event.target;
    var form = element.closest('#form');
    if (!form || element.hasAttribute('data-unit-search')) return;
    sent = fieldsOf(form);
    after = element.hasAttribute('data-after') ? { selector: element.getAttribute('data-after'), field: element.hasAttribute('data-after-field') } : null;
    form.setAttribute('aria-busy', 'true');
    clearTimeout(slow);
    slow = setTimeout(function () {
      say('正在处理，请稍候');
    }, AT_ONCE);
  });

  doc.addEventListener('htmx:afterRequest', function (event) {
    var form = doc.getElementById('form');
    clearTimeout(slow);
    if (!form || event.target.hasAttribute('data-unit-search')) return;
    form.removeAttribute('aria-busy');
    // whatever became of it, nothing is under way any more
    each('.uploads__progress', form, endProgress);
  });

  // How much of the files has arrived, and a way to stop. Small ones are there before anybody could read it.

  function uploadPlace(element) {
    var place = element.parentNode;
    return place && place.classList && place.classList.contains('uploads__new') ? place : null;
  }

  function showProgress(place, button) {
    var box = doc.createElement('span');
    var bar = doc.createElement('progress');
    var text = doc.createElement('span');
    var stop = doc.createElement('button');
    box.className = 'uploads__progress';
    bar.className = 'uploads__bar';
    bar.max = 100;
    bar.setAttribute('aria-label', '上传进度');
    text.className = 'uploads__percent';
    stop.type = 'button';
    stop.className = 'govuk-button govuk-button--link';
    stop.textContent = '取消上传';
    stop.addEventListener('click', function () {
      // requests of a form belong to the form (hx-sync), not to the button
      htmx.trigger(button.form, 'htmx:abort');
    });
    box.appendChild(bar);
    box.appendChild(text);
    box.appendChild(stop);
    place.insertBefore(box, button.nextSibling);
    return box;
  }

  function endProgress(box) {
    box.parentNode.saidPercent = 0;
    box.parentNode.removeChild(box);
  }

  doc.addEventListener('htmx:xhr:progress', function (event) {
    var detail = event.detail;
    var place = uploadPlace(event.target);
    var box, percent;
    if (!place || !detail.lengthComputable || detail.total < 200000) return;
    box = place.querySelector('.uploads__progress') || showProgress(place, event.target);
    percent = Math.round((100 * detail.loaded) / detail.total);
    box.querySelector('.uploads__bar').value = percent;
    box.querySelector('.uploads__percent').textContent = percent < 100 ? ' 已上传 ' + percent + '% ' : ' 已上传，正在检查文件 ';
    if (percent >= (place.saidPercent || 0) + 25) {
      place.saidPercent = percent;
      say('已上传 ' + percent + '%');
    }
  });

  doc.addEventListener('htmx:xhr:abort', function (event) {
    var place = uploadPlace(event.target);
    var box = place && place.querySelector('.uploads__progress');
    var input = place && place.querySelector('input[type=file]');
    var form = place && place.closest('form');
    if (box) endProgress(box);
    if (input) {
      input.value = '';
      release(form);
      form.removeAttribute('aria-busy');
      say('已取消上传');
      focusOn(input);
    }
  });

  function taskWords() {
    return Array.prototype.map
      .call(doc.querySelectorAll('#tasks .tag'), function (tag) {
        return tag.textContent;
      })
      .join('，');
  }

  /** The states of the tasks as they were said last. */
  var tasksSaid = taskWords();

  function sayTasks() {
    var words = taskWords();
    if (words !== tasksSaid) say(words);
    tasksSaid = words;
  }

  // Whoever stands on something that is replaced stands on its successor afterwards, and where there is none on the page itself: never nowhere.

  var held = null;

  function holdFocus(target) {
    var element = doc.activeElement;
    held = element && element !== doc.body && target.contains(element) ? element : null;
  }

  function keepFocus() {
    var old = held;
    var same;
    held = null;
    if (!old || (doc.activeElement && doc.activeElement !== doc.body)) return;
    same = Array.prototype.filter.call(doc.querySelectorAll('#main ' + old.tagName), function (element) {
      return element.textContent === old.textContent && element.name === old.name;
    })[0];
    focusOn(same || doc.getElementById('main'));
  }

  function pathOf(address) {
    var link = doc.createElement('a');
    link.href = address;
    return link.pathname;
  }

  doc.addEventListener('htmx:beforeSwap', function (event) {
    var detail = event.detail;
    var status = detail.xhr.status;
    var form = doc.getElementById('form');
    var html = /text\/html/.test(detail.xhr.getResponseHeader('Content-Type') || '');
    var page, main, lead;
    if (detail.requestConfig.elt.hasAttribute('data-unit-search')) {
      if (status >= 400) doc.getElementById(detail.requestConfig.elt.id.replace(/-q$/, '-found')).textContent = '暂时无法查找，请稍后再试';
      return;
    }
    if (status >= 400) {
      page = html ? new DOMParser().parseFromString(detail.xhr.responseText, 'text/html') : null;
      main = page && page.getElementById('main');
      detail.shouldSwap = false;
      // Too large, too often, or out of order: the same press may succeed later, so the form stays.
      if (!main || status === 413 || status === 429 || status >= 500) {
        lead = main && main.querySelector('.lead');
        tell(lead ? lead.textContent.trim().replace(/。$/, '') : '操作没有成功，请稍后再试');
        return;
      }
      main = doc.importNode(main, true);
      doc.getElementById('main').parentNode.replaceChild(main, doc.getElementById('main'));
      doc.title = page.title;
      htmx.process(main);
      enhance(main);
      window.scrollTo(0, 0);
      focusOn(main);
      return;
    }
    // An answer that comes from another address (sign-in, a confirm page) is a page of its own.
    if (detail.target.id === 'main' && detail.xhr.responseURL && pathOf(detail.xhr.responseURL) !== window.location.pathname) {
      detail.shouldSwap = false;
      window.location.assign(detail.xhr.responseURL);
      return;
    }
    if (detail.target.id === 'main' && form) keepTyped(form);
    holdFocus(detail.target);
  });

  doc.addEventListener('htmx:afterSettle', function (event) {
    var picker = event.target.closest && event.target.closest('[data-picker]');
    var form = doc.getElementById('form');
    if (picker) {
      takeResults(picker);
      return;
    }
    if (event.target.id === 'preview') {
      showPreview(event.target);
      return;
    }
    if (form && typedSince) putBack(form);
    enhance(doc.getElementById('main'));
    settleFocus();
    keepFocus();
    // an error summary is read by itself; the state of a task that is asked for every two seconds only when its words change
    if (event.target.id === 'tasks') sayTasks();
    else if (!doc.getElementById('error-summary')) say('内容已更新');
  });

  // Another attachment beside the text: the link that was pressed keeps the focus, and where it is gone (the last one) the place itself has it.

  function showPreview(place) {
    var name = place.querySelector('.preview__name');
    if (!doc.activeElement || doc.activeElement === doc.body) place.focus();
    if (name) say('正在显示：' + name.textContent);
  }

  function onTrouble() {
    tell('网络连接中断，操作没有完成，请检查网络后再试一次');
  }
  doc.addEventListener('htmx:sendError', onTrouble);
  doc.addEventListener('htmx:timeout', onTrouble);
})();
