/// A value made of tensors: a tensor, an array of groups, a ``TensorTree``, or a type of your own.
///
/// Functions that trace a body take groups and hand them to the body as they are: ``gradient(at:file:line:of:)``,
/// ``scan(into:over:length:reversed:file:line:body:)``, ``compiled(for:on:body:)``.
///
/// ```swift
/// struct Particle: TensorGroup {
///   var position, velocity: Tensor
///   var tensors: [Tensor] { [position, velocity] }
///   func with(_ tensors: [Tensor]) -> Particle { Particle(position: tensors[0], velocity: tensors[1]) }
/// }
/// let start = Particle(position: Tensor(0), velocity: Tensor(1))
/// let end = scan(into: start, over: Tensor.ones([10])) { particle, force in
///   particle.velocity += force * 0.1
///   particle.position += particle.velocity * 0.1
/// }
/// print(try end.position.scalar())
/// ```
public protocol TensorGroup: Sendable {
  /// The tensors, in an order that depends on the structure only.
  var tensors: [Tensor] { get }

  /// The same structure with other tensors.
  /// - Parameter tensors: as many as ``tensors``, in the same order.
  func with(_ tensors: [Tensor]) -> Self
}

extension Tensor: TensorGroup {
  public var tensors: [Tensor] { [self] }
  public func with(_ tensors: [Tensor]) -> Tensor { tensors.first ?? self }
}

extension Array: TensorGroup where Element: TensorGroup {
  public var tensors: [Tensor] { flatMap(\.tensors) }

  public func with(_ tensors: [Tensor]) -> [Element] {
    var rest = tensors[...]
    return map { $0.taking(from: &rest) }
  }
}

extension TensorTree: TensorGroup {}

extension Key: TensorGroup {
  public var tensors: [Tensor] { [state] }
  public func with(_ tensors: [Tensor]) -> Key { Key(state: tensors.first ?? state) }
}

extension TensorGroup {
  /// This structure with the next tensors of `rest`, which are removed from it.
  func taking(from rest: inout ArraySlice<Tensor>) -> Self {
    let count = tensors.count
    defer { rest = rest.dropFirst(count) }
    return with(Array(rest.prefix(count)))
  }
}

/// How a value is taken apart into tensors and put together again.
///
/// Swift's tuples can't conform to ``TensorGroup``, so a body's carry and outputs are described by one of these.
struct Structure<Value>: Sendable {
  let tensors: [Tensor]
  let flatten: @Sendable (Value) -> [Tensor]
  let make: @Sendable ([Tensor]) -> Value

  init(_ group: Value) where Value: TensorGroup {
    tensors = group.tensors
    flatten = { $0.tensors }
    make = { group.with($0) }
  }

  init<First: TensorGroup, Second: TensorGroup>(_ pair: (First, Second)) where Value == (First, Second) {
    tensors = pair.0.tensors + pair.1.tensors
    flatten = { $0.0.tensors + $0.1.tensors }
    make = { tensors in
      var rest = tensors[...]
      return (pair.0.taking(from: &rest), pair.1.taking(from: &rest))
    }
  }

  /// The structure of no value at all.
  init(_ nothing: Void) where Value == Void {
    tensors = []
    flatten = { _ in [] }
    make = { _ in }
  }
}
