import { isIndexedLanguage } from './indexLanguages.ts';
import type { SpanQuestion } from './spanQuestion.ts';
import { namesByProgram, routeOf, rpcOf } from './spanQuestion.ts';
import { functionLanguages, wantedFunctions } from './wantedFunction.ts';
import type { SpanMatch } from './workspaceIndex.ts';

/** The answer to a question that is the same in every workspace; undefined where one has to be looked at. */
export function unanswerable(question: SpanQuestion): SpanMatch | undefined {
  const reason = reasonOf(question);
  return reason === undefined ? undefined : { entry: undefined, rule: undefined, reason, isAmbiguous: false };
}

function reasonOf(question: SpanQuestion): string | undefined {
  const { name, functionName, namespace, language, scopeName } = question;
  if (language !== undefined && !isIndexedLanguage(language)) return `sources of ${language} are not read`;
  if (routeOf(question) !== undefined || rpcOf(question) !== undefined) return undefined;
  if (functionName !== undefined) {
    const languages = language === undefined ? functionLanguages : [language];
    return languages.some((each) => wantedFunctions(functionName, namespace, each).length > 0) ? undefined : `${functionName} says nothing of where the function is`;
  }
  if (name === undefined || name === '') return 'the span says no name, route or function to look for';
  return namesByProgram(scopeName) ? undefined : `the tracer ${scopeName ?? ''} is a library's, which names spans itself`;
}
