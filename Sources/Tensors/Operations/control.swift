/// Runs one of two functions, chosen when the program runs.
///
/// ```swift
/// let x = Tensor(-4)
/// let root = conditional(x .> 0, then: { x.sqrt() }, else: { Tensor(0) })
/// print(try root.scalar())  // 0.0
/// ```
/// - Parameters:
///   - predicate: a bool scalar.
///   - then: runs where the predicate is true. Operations within it are computed only then; tensors from outside are
///     computed before and get their gradients.
///   - otherwise: returns as many tensors, of the same types.
public func conditional(
  _ predicate: Tensor, file: String = #fileID, line: Int = #line, then: () -> [Tensor],
  `else` otherwise: () -> [Tensor]
) -> [Tensor] {
  Tensor.conditional(predicate, Subgraph(then), Subgraph(otherwise), file: file, line: line)
}

/// ``conditional(_:file:line:then:else:)`` for one tensor.
public func conditional(
  _ predicate: Tensor, file: String = #fileID, line: Int = #line, then: () -> Tensor, `else` otherwise: () -> Tensor
) -> Tensor {
  conditional(predicate, file: file, line: line, then: { [then()] }, else: { [otherwise()] })[0]
}

/// Runs `body` on `carry` while `condition` holds.
///
/// ```swift
/// let halved = whileLoop(carry: [Tensor(100)], condition: { $0[0] .> 1 }) { [$0[0] * 0.5] }
/// print(try halved[0].scalar())  // 0.78125
/// ```
///
/// There is no gradient; where the number of steps is known, ``scan(carry:over:length:reversed:file:line:body:)``
/// has one. Under ``vectorized(over:file:line:_:)`` the loop runs until every member is done.
/// - Parameters:
///   - condition: returns a bool scalar.
///   - body: returns as many tensors, of the same types.
public func whileLoop(
  carry: [Tensor], file: String = #fileID, line: Int = #line, condition: ([Tensor]) -> Tensor,
  body: ([Tensor]) -> [Tensor]
) -> [Tensor] {
  if let failed = carry.first(where: { $0.diagnostic != nil }) { return carry.map { _ in failed } }
  let test = Subgraph(carry.map(\.type)) { [condition($0)] }
  let step = Subgraph(carry.map(\.type), body)
  if let diagnostic = test.diagnostic ?? step.diagnostic { return carry.map { _ in .failed(diagnostic) } }
  return Tensor.apply(
    While(condition: test, body: step), to: carry + test.captures + step.captures, file: file, line: line)
}

/// Runs `body`; its gradient runs it again instead of storing intermediate values.
///
/// This saves memory at the price of a second forward pass. Operations within the body are computed again; tensors from
/// outside are kept.
///
/// T. Chen et al., [Training deep nets with sublinear memory cost](https://arxiv.org/abs/1604.06174) (2016).
///
/// ```swift
/// let slope = gradient(at: Tensor.ones([3])) { x in checkpoint { (x.exp() * 2).sum() } }
/// print(slope.shape)  // [3]
/// ```
public func checkpoint(file: String = #fileID, line: Int = #line, _ body: () -> [Tensor]) -> [Tensor] {
  Tensor.checkpoint(Subgraph(body), file: file, line: line)
}

/// ``checkpoint(file:line:_:)`` for one tensor.
public func checkpoint(file: String = #fileID, line: Int = #line, _ body: () -> Tensor) -> Tensor {
  checkpoint(file: file, line: line) { [body()] }[0]
}

/// Runs `value` on `inputs` with a gradient of your own.
///
/// ```swift
/// // Rounds, and passes the gradient through: a straight-through estimator.
/// func rounded(_ x: Tensor) -> Tensor {
///   withGradient([x], value: { [$0[0].rounded()] }, pullback: { _, _, cotangents in [cotangents[0]] })[0]
/// }
/// print(try gradient(at: Tensor(2.4)) { rounded($0) * 3 }.scalar())  // 3.0
/// ```
/// - Parameters:
///   - value: what it uses from outside gets its ordinary gradient.
///   - pullback: from the inputs, the results and their cotangents to each input's cotangent, nil for one that
///     gets none. It is differentiated in turn for gradients of gradients.
public func withGradient(
  _ inputs: [Tensor], file: String = #fileID, line: Int = #line, value: ([Tensor]) -> [Tensor],
  pullback: (_ inputs: [Tensor], _ results: [Tensor], _ cotangents: [Tensor]) -> [Tensor?]
) -> [Tensor] {
  let traced = Subgraph(inputs.map(\.type), value)
  let results = traced.results.map(\.type)
  func fail(_ message: String) -> [Tensor] {
    let failed = Tensor.failed("withGradient", message, inputs + traced.results, file: file, line: line)
    return results.map { _ in failed }
  }
  if (inputs + traced.results).contains(where: { $0.diagnostic != nil }) { return fail("") }
  var given: [Tensor?] = []
  let rule = Subgraph(inputs.map(\.type) + results + results) { arguments in
    let rest = arguments.dropFirst(inputs.count)
    given = pullback(
      Array(arguments.prefix(inputs.count)), Array(rest.prefix(results.count)), Array(rest.suffix(results.count)))
    return given.compactMap(\.self)
  }
  guard given.count == inputs.count else {
    return fail("the pullback returns \(given.count) cotangents for \(inputs.count) inputs")
  }
  if let diagnostic = rule.diagnostic { return results.map { _ in .failed(diagnostic) } }
  let custom = CustomGradient(value: traced, rule: rule, places: given.indices.filter { given[$0] != nil })
  return Tensor.apply(custom, to: inputs + traced.captures + rule.captures, file: file, line: line)
}

extension Tensor {
  static func conditional(
    _ predicate: Tensor, _ then: Subgraph, _ otherwise: Subgraph, file: String = #fileID, line: Int = #line
  ) -> [Tensor] {
    if let diagnostic = predicate.diagnostic ?? then.diagnostic ?? otherwise.diagnostic {
      return then.results.map { _ in .failed(diagnostic) }
    }
    if then.results.isEmpty, otherwise.results.isEmpty { return [] }
    return apply(
      Conditional(then: then, otherwise: otherwise), to: [predicate] + then.captures + otherwise.captures,
      file: file, line: line)
  }

  static func checkpoint(_ body: Subgraph, file: String = #fileID, line: Int = #line) -> [Tensor] {
    if let diagnostic = body.diagnostic { return body.results.map { _ in .failed(diagnostic) } }
    return body.results.isEmpty ? [] : apply(Checkpoint(body: body), to: body.captures, file: file, line: line)
  }
}
