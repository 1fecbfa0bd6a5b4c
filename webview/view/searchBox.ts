import { type Completions, completionsAt, type Vocabulary } from '../layout/completions.ts';
import { visibleText } from '../layout/visibleText.ts';
import { element } from './dom.ts';

export interface SearchBoxActions {
  search(text: string): void;
  nextMatch(direction: 1 | -1): void;
  leave(): void;
  clear(): void;
  warmUp(): void;
  vocabulary(): Vocabulary;
}

const listId = 'search-offers';

/**
 * The search box, with what may be meant listed under it while one types (an ARIA combobox). Tab or Enter takes the chosen offer;
 * without one Enter goes to the next match and ↓ opens the list or leaves for the rows.
 */
export class SearchBox {
  readonly root: HTMLElement;
  readonly #input = element('input', 'search-input');
  readonly #list = element('ul', 'offers');
  readonly #actions: SearchBoxActions;
  #completions: Completions | undefined;
  #chosen = -1;

  constructor(actions: SearchBoxActions) {
    this.#actions = actions;
    const input = this.#input;
    input.type = 'search';
    input.placeholder = 'service=orders duration>50ms …';
    input.autocomplete = 'off';
    input.spellcheck = false;
    for (const [name, value] of [['role', 'combobox'], ['aria-label', 'Search spans'], ['aria-autocomplete', 'list'], ['aria-expanded', 'false'], ['aria-controls', listId], ['dir', 'ltr']] as const) input.setAttribute(name, value);
    this.#list.id = listId;
    this.#list.setAttribute('role', 'listbox');
    this.#list.setAttribute('aria-label', 'What to search for');
    this.#list.hidden = true;
    this.root = element('div', 'search-box', input, this.#list);
    input.addEventListener('focus', () => actions.warmUp());
    input.addEventListener('blur', () => this.#close());
    input.addEventListener('input', () => {
      actions.search(input.value);
      this.#offer();
    });
    input.addEventListener('keydown', (event) => this.#onKey(event));
    this.#list.addEventListener('mousedown', (event) => {
      event.preventDefault();
      const item = event.target instanceof Element ? event.target.closest('li') : null;
      if (item !== null) this.#take([...this.#list.children].indexOf(item));
    });
  }

  set text(text: string) {
    this.#input.value = text;
    this.#close();
  }

  set problem(problem: string | undefined) {
    this.#input.setAttribute('aria-invalid', String(problem !== undefined));
    this.root.classList.toggle('wrong', problem !== undefined);
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  #onKey(event: KeyboardEvent): void {
    const isOpen = !this.#list.hidden;
    if (event.isComposing) return;
    if (isOpen && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) this.#choose(this.#chosen + (event.key === 'ArrowDown' ? 1 : -1));
    else if (isOpen && this.#chosen >= 0 && (event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) this.#take(this.#chosen);
    else if (isOpen && event.key === 'Escape') this.#close();
    else if (event.key === ' ' && event.ctrlKey) this.#offer();
    else if (event.key === 'Enter') {
      this.#close();
      this.#actions.nextMatch(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') this.#actions.clear();
    else if (event.key === 'ArrowDown') this.#actions.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #offer(): void {
    const caret = this.#input.selectionStart ?? this.#input.value.length;
    const completions = completionsAt(this.#input.value, caret, this.#actions.vocabulary());
    const isWorthIt = completions.offers.length > 0 && completions.from < caret;
    if (!isWorthIt) {
      this.#close();
      return;
    }
    this.#completions = completions;
    this.#list.replaceChildren(...completions.offers.map(({ text, what }, index) => {
      const item = element('li', '', element('span', 'offer', visibleText(text)), element('span', 'what', what));
      item.id = `${listId}-${index}`;
      item.setAttribute('role', 'option');
      item.setAttribute('aria-selected', 'false');
      return item;
    }));
    this.#list.hidden = false;
    this.#input.setAttribute('aria-expanded', 'true');
    this.#choose(-1);
  }

  #choose(index: number): void {
    const items = [...this.#list.children];
    this.#chosen = items.length === 0 ? -1 : index < -1 ? items.length - 1 : index >= items.length ? -1 : index;
    items.forEach((item, at) => item.setAttribute('aria-selected', String(at === this.#chosen)));
    const chosen = items[this.#chosen];
    if (chosen === undefined) this.#input.removeAttribute('aria-activedescendant');
    else {
      this.#input.setAttribute('aria-activedescendant', chosen.id);
      chosen.scrollIntoView({ block: 'nearest' });
    }
  }

  #take(index: number): void {
    const offer = this.#completions?.offers[index];
    if (offer === undefined || this.#completions === undefined) return;
    const { value } = this.#input;
    // A value is followed by the next term; after a field's operator its value is to come.
    const text = /[=<>~]$/.test(offer.text) ? offer.text : `${offer.text} `;
    this.#input.value = value.slice(0, this.#completions.from) + text + value.slice(this.#completions.to).trimStart();
    const caret = this.#completions.from + text.length;
    this.#input.setSelectionRange(caret, caret);
    this.#actions.search(this.#input.value);
    this.#offerValues(text);
  }

  #offerValues(taken: string): void {
    this.#close();
    if (/[=~]$/.test(taken)) this.#offer();
  }

  #close(): void {
    this.#list.hidden = true;
    this.#completions = undefined;
    this.#chosen = -1;
    this.#input.setAttribute('aria-expanded', 'false');
    this.#input.removeAttribute('aria-activedescendant');
  }
}
