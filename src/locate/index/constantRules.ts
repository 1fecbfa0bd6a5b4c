import type { Node } from '@vscode/tree-sitter-wasm';
import type { ConstantRules } from './constants.ts';
import { named } from './nodes.ts';

/** `const` alone; members that are static or read-only; an enumeration's. */
export const javascriptConstants: ConstantRules = {
  declarations: ['variable_declarator', 'public_field_definition', 'field_definition', 'enum_assignment'],
  read: (node) => {
    if (node.type === 'variable_declarator') return node.parent?.child(0)?.type === 'const' ? pair(node.childForFieldName('name'), node.childForFieldName('value')) : [];
    const isFixed = node.type === 'enum_assignment' || node.children.some((child) => child?.type === 'static' || child?.type === 'readonly');
    return isFixed ? pair(node.childForFieldName('name') ?? node.childForFieldName('property'), node.childForFieldName('value')) : [];
  },
  names: ['identifier'],
  bareMembers: false,
};

/** What is assigned once. */
export const pythonConstants: ConstantRules = {
  declarations: ['assignment'],
  read: (node) => pair(node.childForFieldName('left'), node.childForFieldName('right'), 'identifier'),
  names: ['identifier'],
  bareMembers: false,
};

/** `final` fields; a local variable that is given one value. */
export const javaConstants: ConstantRules = {
  declarations: ['variable_declarator'],
  read: (node) => {
    const modifiers = named(node.parent).find((child) => child.type === 'modifiers')?.text ?? '';
    const isFixed = node.parent?.type === 'local_variable_declaration' || (node.parent?.type === 'field_declaration' && /\bfinal\b/.test(modifiers));
    return isFixed ? pair(node.childForFieldName('name'), node.childForFieldName('value')) : [];
  },
  names: ['identifier'],
  bareMembers: true,
};

export const goConstants: ConstantRules = {
  declarations: ['const_spec'],
  read: (node) => {
    const values = named(node.childForFieldName('value'));
    const names = node.childrenForFieldName('name').filter((each) => each?.type === 'identifier');
    return names.length === values.length ? names.flatMap((name, i) => pair(name, values[i])) : [];
  },
  names: ['identifier'],
  bareMembers: false,
};

/** `const` and `readonly` fields; a local variable that is given one value. */
export const csharpConstants: ConstantRules = {
  declarations: ['variable_declarator'],
  read: (node) => {
    const owner = node.parent?.parent;
    const isFixed = owner?.type === 'local_declaration_statement' || named(owner).some((each) => each.type === 'modifier' && /^(?:const|readonly)$/.test(each.text));
    return isFixed && named(node).length === 2 ? pair(node.childForFieldName('name'), named(node)[1]) : [];
  },
  names: ['identifier'],
  bareMembers: true,
};

export const rubyConstants: ConstantRules = {
  declarations: ['assignment'],
  read: (node) => pair(node.childForFieldName('left'), node.childForFieldName('right'), 'constant'),
  names: ['constant'],
  bareMembers: true,
};

export const rustConstants: ConstantRules = {
  declarations: ['const_item', 'static_item'],
  read: (node) => (named(node).some((child) => child.type === 'mutable_specifier') ? [] : pair(node.childForFieldName('name'), node.childForFieldName('value'))),
  names: ['identifier'],
  bareMembers: false,
};

export const phpConstants: ConstantRules = {
  declarations: ['const_element'],
  read: (node) => pair(named(node)[0], named(node)[1]),
  names: ['name'],
  bareMembers: false,
};

function pair(name: Node | null | undefined, value: Node | null | undefined, type?: string): { readonly name: string; readonly value: Node }[] {
  if (name === null || name === undefined || value === null || value === undefined || (type !== undefined && name.type !== type)) return [];
  return /^[\w$]+$/.test(name.text) ? [{ name: name.text, value }] : [];
}
