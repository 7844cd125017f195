/// A leaf, or an operation on literals, that is cheaper to write again inside a loop than to carry into it.
protocol Literal {
  var isLiteral: Bool { get }
}

extension Literal {
  var isLiteral: Bool { true }
}
