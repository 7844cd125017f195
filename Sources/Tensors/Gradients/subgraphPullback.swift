extension Subgraph {
  /// The body run on `arguments` and pulled back: the cotangents of the arguments in `places`.
  ///
  /// - Parameter cotangents: one a result; those of integers are ignored.
  package func pulledBack(_ arguments: [Tensor], _ cotangents: [Tensor], at places: [Int]) -> [Tensor] {
    let points = arguments.map { Tensor(Identity(), [$0]) }
    let values = self(points)
    let smooth = values.indices.filter { values[$0].dtype.isFloatingPoint }
    return pullback(
      of: smooth.map { values[$0] }, cotangents: smooth.map { cotangents[$0] }, at: places.map { points[$0] })
  }
}
