/// What a transform remembers of one parameter: named tensors in the transform's state.
///
/// The slot `velocity` of the parameter `dense/kernel` is at `velocity/dense/kernel`.
public struct Slots: Sendable {
  /// The parameter the slots are of.
  public internal(set) var path: String
  var state: TensorTree

  /// The slot's tensor. One that ``ParameterwiseTransform/initial(_:slots:)`` didn't set fails when evaluated.
  public subscript(name: String) -> Tensor {
    get {
      state["\(name)/\(path)"]
        ?? .failed(
          Diagnostic(operation: "slot", message: "the state has no '\(name)/\(path)', only \(state.paths)"))
    }
    set { state["\(name)/\(path)"] = newValue }
  }
}
