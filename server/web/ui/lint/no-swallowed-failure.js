/**
 * Forbids a failure that is thrown away: a catch block with nothing in it, and a .catch() whose function does nothing with the failure but give emptiness in
 * its place; and an answer of which only the data are taken. A failure is shown (useReading, FailureNotice), handed on, or named as one that nobody
 * misses (bestEffort).
 */
export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      swallowed:
        'This failure is swallowed: show it (useReading, answer), hand it on, or say that nobody misses it (bestEffort).',
    },
  },
  create(context) {
    const report = (node) => context.report({ node, messageId: 'swallowed' })
    return {
      CatchClause(node) {
        if (node.body.body.length === 0) report(node)
      },
      'CallExpression[callee.property.name="catch"]'(node) {
        const handler = node.arguments[0]
        if (
          handler === undefined ||
          isEmpty(handler) ||
          (isFunction(handler) && !usesFailure(handler) && givesNothing(handler.body))
        )
          report(node)
      },
      // What came of a request is taken without why nothing did.
      'VariableDeclarator[id.type="ObjectPattern"] > AwaitExpression[argument.callee.name=/^answer(To)?$/]'(node) {
        const names = node.parent.id.properties.map((p) => p.key?.name)
        if (names.includes('data') && !names.includes('failure')) report(node)
      },
      'MemberExpression[property.name="data"] > AwaitExpression[argument.callee.name=/^answer(To)?$/]': report,
      // The second function of then() is a catch by another name.
      'CallExpression[callee.property.name="then"][arguments.length=2]'(node) {
        const handler = node.arguments[1]
        if (isFunction(handler) && !usesFailure(handler) && givesNothing(handler.body)) report(node)
      },
    }
  },
}

function isFunction(node) {
  return node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression'
}

/** Whether a handler takes the failure: one that does has looked at it. */
function usesFailure(handler) {
  return (
    handler.params.length > 0 && !(handler.params[0].type === 'Identifier' && handler.params[0].name.startsWith('_'))
  )
}

/** Whether a body does nothing but give emptiness. */
function givesNothing(body) {
  if (body.type !== 'BlockStatement') return isEmpty(body)
  return body.body.every(
    (statement) =>
      statement.type === 'EmptyStatement' ||
      (statement.type === 'ReturnStatement' && (statement.argument === null || isEmpty(statement.argument))),
  )
}

/** Whether an expression is emptiness: undefined, null, false, 0, '', [], {} or an object of nothing else. */
function isEmpty(node) {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
      return isEmpty(node.expression)
    case 'Identifier':
      return node.name === 'undefined'
    case 'UnaryExpression':
      return node.operator === 'void'
    case 'Literal':
      return node.value === null || node.value === false || node.value === 0 || node.value === ''
    case 'TemplateLiteral':
      return node.expressions.length === 0 && node.quasis[0].value.raw === ''
    case 'ArrayExpression':
      return node.elements.every((e) => e !== null && e.type !== 'SpreadElement' && isEmpty(e))
    case 'ObjectExpression':
      return node.properties.every((p) => p.type === 'Property' && isEmpty(p.value))
    default:
      return false
  }
}
