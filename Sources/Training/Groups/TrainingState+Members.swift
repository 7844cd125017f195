extension TrainingState {
  /// Several states as one with a leading axis; a single one stays as it is.
  static func stacked(_ states: [TrainingState]) throws -> TrainingState {
    guard states.count > 1 else { return states[0] }
    let tree = states[0].tree.map { path, _ in Tensor.stack(states.compactMap { $0.tree[path] }) }
    return TrainingState(tree: try tree.evaluate())
  }

  /// The states that ``stacked(_:)`` put together, each in memory of its own.
  func members(_ count: Int) throws -> [TrainingState] {
    guard count > 1 else { return [self] }
    let parts = (0..<count).map { member in tree.tensors.map { $0[member] } }
    let computed = try Tensor.evaluate(parts.flatMap(\.self))
    return (0..<count).map { member in
      TrainingState(tree: tree.with(computed[member * tree.count..<(member + 1) * tree.count]))
    }
  }
}
