import Layers
import Tensors

/// An array there, and what it is here.
struct WeightPlace {
  enum Source {
    /// One array.
    case one(String)
    /// Several of one shape, along a new first axis.
    case stacked([String])
    /// The sum of several; read, the first is all of it.
    case sum([String])
    /// Zeros, beside another place for the array; what is read is added to that.
    case addend(String)
  }

  let name: String
  let source: Source
  /// From each array here to the one there.
  var moves: [WeightMove] = []

  /// The arrays here.
  var paths: [String] {
    switch source {
    case .one(let path), .addend(let path): [path]
    case .stacked(let paths), .sum(let paths): paths
    }
  }

  /// The array there, not computed.
  func there(_ variables: TensorTree) -> Tensor? {
    let parts = paths.compactMap { variables[$0] }.map { moves.reduce($0) { $1.there($0) } }
    guard let first = parts.first else { return nil }
    return switch source {
    case .one: first
    case .stacked: .stack(parts)
    case .sum: parts.dropFirst().reduce(first) { $0 + $1 }
    case .addend: first.zerosLike()
    }
  }

  /// The arrays here by their paths, from the one there.
  func here(_ array: Tensor) -> [(path: String, tensor: Tensor)] {
    func back(_ tensor: Tensor) -> Tensor { moves.reversed().reduce(tensor) { $1.here($0) } }
    return switch source {
    case .one(let path), .addend(let path): [(path, back(array))]
    case .stacked(let paths): paths.enumerated().map { ($1, back(array[$0])) }
    case .sum(let paths): paths.enumerated().map { ($1, $0 == 0 ? back(array) : back(array).zerosLike()) }
    }
  }
}

/// A step from an array here to the same array there, and back.
enum WeightMove {
  /// For each axis there the axis here.
  case axes([Int])
  /// Along `axis` are elements of `example`, rows, columns and channels in that order; there channels come first.
  case channelsFirst(example: Shape, axis: Int)
  /// For each block along `axis` there the block here, all of one size.
  case blocks([Int], axis: Int)

  func there(_ tensor: Tensor) -> Tensor {
    switch self {
    case .axes(let axes): tensor.transpose(axes)
    case .channelsFirst(let example, let axis): tensor.rearranged(example, [2, 0, 1], along: axis)
    case .blocks(let order, let axis): tensor.rearranged(blocks(tensor, order.count, axis), order, axis)
    }
  }

  func here(_ tensor: Tensor) -> Tensor {
    switch self {
    case .axes(let axes): tensor.transpose(axes.inverted)
    case .channelsFirst(let example, let axis):
      tensor.rearranged(Shape([2, 0, 1].map { example[$0] }), [1, 2, 0], along: axis)
    case .blocks(let order, let axis): tensor.rearranged(blocks(tensor, order.count, axis), order.inverted, axis)
    }
  }

  private func blocks(_ tensor: Tensor, _ count: Int, _ axis: Int) -> [Tensor] {
    let size = tensor.shape[axis] / count
    return (0..<count).map { tensor.slice($0 * size..<($0 + 1) * size, axis: axis) }
  }
}

extension [Int] {
  /// The permutation that undoes this one.
  fileprivate var inverted: [Int] { indices.map { index in firstIndex(of: index) ?? index } }
}

extension Tensor {
  fileprivate func rearranged(_ blocks: [Tensor], _ order: [Int], _ axis: Int) -> Tensor {
    .concatenate(order.map { blocks[$0] }, axis: axis)
  }

  /// The elements along `axis`, which has those of an example, in the order of the example with its axes permuted.
  fileprivate func rearranged(_ example: Shape, _ order: [Int], along axis: Int) -> Tensor {
    let (before, after) = (Array(shape.prefix(axis)), Array(shape.dropFirst(axis + 1)))
    let axes = Array(0..<axis) + order.map { $0 + axis } + (0..<after.count).map { $0 + axis + example.rank }
    return reshape(to: Shape(before + Array(example) + after)).transpose(axes).reshape(to: shape)
  }
}

extension WeightLayout {
  /// The arrays there for all variables of a model.
  /// - Parameter records: the model's structure.
  func places(for variables: TensorTree, records: [LayerRecord]) throws(WeightError) -> [WeightPlace] {
    // A shared layer is called several times; the first call stands for all.
    let layers = Dictionary(records.map { ($0.path, $0) }) { first, _ in first }
    var places: [WeightPlace] = []
    var divided: Set<String> = []
    for record in records where divided.insert(record.path).inserted {
      guard let cells, let recurrent = record.layer as? Recurrent else { continue }
      places += try cells.places(for: recurrent.cell, at: record.path, in: variables, of: self)
    }
    var claimed = Set(places.flatMap(\.paths))
    if cells != nil {
      // What a stateful layer remembers of the last batch is no weight elsewhere.
      claimed.formUnion(
        records.filter { $0.layer is Recurrent }.flatMap { record in
          variables.paths.filter { $0.hasPrefix("\(record.path)/states/") }
        })
    }
    for (path, tensor) in variables.pairs where !claimed.contains(path) {
      places.append(try place(of: path, tensor.shape, layers))
    }
    var names: [String: String] = [:]
    for place in places {
      let path = place.paths.first ?? place.name
      if let other = names.updateValue(path, forKey: place.name) {
        throw .sharedName(place.name, paths: [other, path])
      }
    }
    return places
  }

  /// By the rules.
  private func place(of path: String, _ shape: Shape, _ layers: [String: LayerRecord]) throws(WeightError)
    -> WeightPlace
  {
    let parts = path.split(separator: "/").map(String.init)
    let (module, leaf) = (parts.dropLast().joined(separator: "/"), parts.last ?? path)
    let rule = rules.first { $0.name == leaf && ($0.rank == nil || $0.rank == shape.rank) }
    var place = WeightPlace(name: name(rule?.foreignName ?? leaf, of: module), source: .one(path))
    if isChannelsFirst, let record = layers[module] { place.moves = channelsFirst(leaf, record) }
    if let axes = rule?.axes {
      guard axes.sorted() == Array(0..<shape.rank) else {
        throw .invalidAxes(path: path, axes: axes, rank: shape.rank)
      }
      place.moves.append(.axes(axes))
    }
    return place
  }

  /// Brings the features of images that were flattened, or are normalized together, into the order there.
  private func channelsFirst(_ leaf: String, _ record: LayerRecord) -> [WeightMove] {
    let flattened = record.flattenedExample.flatMap { $0.rank == 3 ? $0 : nil }
    switch record.layer {
    case is Dense:
      return leaf == "kernel" ? flattened.map { [.channelsFirst(example: $0, axis: 0)] } ?? [] : []
    case let norm as LayerNorm where norm.axes == 3 && record.input.shape.rank == 4: return [.axes([2, 0, 1])]
    case is BatchNorm, is LayerNorm: return flattened.map { [.channelsFirst(example: $0, axis: 0)] } ?? []
    default: return []
    }
  }
}

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
