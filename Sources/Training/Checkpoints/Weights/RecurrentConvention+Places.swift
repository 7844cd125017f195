import Layers

extension RecurrentConvention {
  /// Where this framework keeps the parameters of a cell. None for cells that it doesn't know.
  /// - Throws: ``WeightError/inexpressible(path:reason:)``.
  func places(
    for cell: any RecurrentCell, at path: String, in variables: TensorTree, of layout: WeightLayout
  ) throws(WeightError) -> [WeightPlace] {
    let order: [Int]?
    switch cell {
    case let gru as GRUCell:
      guard self == .keras || gru.reset == .after else {
        throw .inexpressible(path: path, reason: "PyTorch's GRU resets after the product: use reset: .after")
      }
      // Update, reset, candidate in the one, reset, update, candidate in the other.
      order = gru.convention == self ? nil : [1, 0, 2]
    case is LSTMCell, is SimpleRNNCell: order = nil
    default: return []
    }
    func own(_ name: String) -> String { path.isEmpty ? name : "\(path)/\(name)" }
    func moves(_ axis: Int) -> [WeightMove] { order.map { [.blocks($0, axis: axis)] } ?? [] }
    func place(_ name: String, _ source: WeightPlace.Source, _ moves: [WeightMove]) -> WeightPlace {
      WeightPlace(name: layout.name(name, of: path), source: source, moves: moves)
    }
    let (bias, recurrent) = (own("bias"), own("recurrent/bias"))
    let hasTwo = variables[recurrent] != nil
    switch self {
    case .pyTorch:
      return [
        place("weight_ih_l0", .one(own("kernel")), moves(1) + [.axes([1, 0])]),
        place("weight_hh_l0", .one(own("recurrent/kernel")), moves(1) + [.axes([1, 0])]),
        place("bias_ih_l0", .one(bias), moves(0)),
        // Where there is one bias here, the second is zero there.
        place("bias_hh_l0", hasTwo ? .one(recurrent) : .addend(bias), moves(0)),
      ]
    case .keras:
      let source: WeightPlace.Source =
        !hasTwo ? .one(bias) : cell is GRUCell ? .stacked([bias, recurrent]) : .sum([bias, recurrent])
      return [
        place("kernel", .one(own("kernel")), moves(1)),
        place("recurrent_kernel", .one(own("recurrent/kernel")), moves(1)),
        place("bias", source, moves(0)),
      ]
    }
  }
}
