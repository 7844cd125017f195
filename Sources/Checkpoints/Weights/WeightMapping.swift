import Layers
import Tensors

/// One array of another framework's file, and the model's arrays it corresponds to.
struct WeightMapping {
  enum Source {
    /// One array.
    case one(String)
    /// Several of the same shape, along a new first axis.
    case stacked([String])
    /// The sum of several. When imported, the first gets all of it.
    case sum([String])
    /// Zeros, besides another mapping for the array. When imported, it is added to that.
    case addend(String)
  }

  /// The array's name in the file.
  let name: String
  let source: Source
  /// Applied to each of the model's arrays on export.
  var changes: [LayoutChange] = []

  /// The paths of the model's arrays.
  var paths: [String] {
    switch source {
    case .one(let path), .addend(let path): [path]
    case .stacked(let paths), .sum(let paths): paths
    }
  }

  /// The file's array, not computed yet.
  func exported(_ variables: TensorTree) -> Tensor? {
    let parts = paths.compactMap { variables[$0] }.map { changes.reduce($0) { $1.exported($0) } }
    guard let first = parts.first else { return nil }
    return switch source {
    case .one: first
    case .stacked: .stack(parts)
    case .sum: parts.dropFirst().reduce(first) { $0 + $1 }
    case .addend: first.zerosLike()
    }
  }

  /// The model's arrays by their paths, from the file's array.
  func imported(_ array: Tensor) -> [(path: String, tensor: Tensor)] {
    func back(_ tensor: Tensor) -> Tensor { changes.reversed().reduce(tensor) { $1.imported($0) } }
    return switch source {
    case .one(let path), .addend(let path): [(path, back(array))]
    case .stacked(let paths): paths.enumerated().map { ($1, back(array[$0])) }
    case .sum(let paths): paths.enumerated().map { ($1, $0 == 0 ? back(array) : back(array).zerosLike()) }
    }
  }
}

/// A change of an array's layout on export, and its inverse.
enum LayoutChange {
  /// For each exported axis the model's axis.
  case axes([Int])
  /// Along `axis` are the elements of `example`: rows, columns and channels in that order. Exported, channels come
  /// first.
  case channelsFirst(example: Shape, axis: Int)
  /// For each exported block along `axis` the model's block; all have the same size.
  case blocks([Int], axis: Int)

  func exported(_ tensor: Tensor) -> Tensor {
    switch self {
    case .axes(let axes): tensor.transpose(axes)
    case .channelsFirst(let example, let axis): tensor.rearranged(example, [2, 0, 1], along: axis)
    case .blocks(let order, let axis): tensor.rearranged(blocks(tensor, order.count, axis), order, axis)
    }
  }

  func imported(_ tensor: Tensor) -> Tensor {
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
  /// The inverse permutation.
  fileprivate var inverted: [Int] { indices.map { index in firstIndex(of: index) ?? index } }
}

extension Tensor {
  fileprivate func rearranged(_ blocks: [Tensor], _ order: [Int], _ axis: Int) -> Tensor {
    .concatenate(order.map { blocks[$0] }, axis: axis)
  }

  /// Reorders the elements along `axis`, which are those of an example, as permuting the example's axes would.
  fileprivate func rearranged(_ example: Shape, _ order: [Int], along axis: Int) -> Tensor {
    let (before, after) = (Array(shape.prefix(axis)), Array(shape.dropFirst(axis + 1)))
    let axes = Array(0..<axis) + order.map { $0 + axis } + (0..<after.count).map { $0 + axis + example.rank }
    return reshape(to: Shape(before + Array(example) + after)).transpose(axes).reshape(to: shape)
  }
}

extension WeightLayout {
  /// The mappings of all variables of a model.
  /// - Parameter records: the model's structure.
  func mappings(for variables: TensorTree, records: [LayerRecord]) throws(WeightError) -> [WeightMapping] {
    // A shared layer is called several times; the first call stands for all.
    let layers = Dictionary(records.map { ($0.path, $0) }) { first, _ in first }
    var mappings: [WeightMapping] = []
    var divided: Set<String> = []
    for record in records where divided.insert(record.path).inserted {
      guard let cells, let recurrent = record.layer as? Recurrent else { continue }
      mappings += try cells.mappings(for: recurrent.cell, at: record.path, in: variables, of: self)
    }
    var claimed = Set(mappings.flatMap(\.paths))
    if cells != nil {
      // A stateful layer's memory of the last batch isn't a weight in other frameworks.
      claimed.formUnion(
        records.filter { $0.layer is Recurrent }.flatMap { record in
          variables.paths.filter { $0.hasPrefix("\(record.path)/states/") }
        })
    }
    for (path, tensor) in variables.pairs where !claimed.contains(path) {
      mappings.append(try mapping(of: path, tensor.shape, layers))
    }
    var names: [String: String] = [:]
    for mapping in mappings {
      let path = mapping.paths.first ?? mapping.name
      if let other = names.updateValue(path, forKey: mapping.name) {
        throw .sharedName(mapping.name, paths: [other, path])
      }
    }
    return mappings
  }

  /// By the rules.
  private func mapping(of path: String, _ shape: Shape, _ layers: [String: LayerRecord]) throws(WeightError)
    -> WeightMapping
  {
    let parts = path.split(separator: "/").map(String.init)
    let (module, leaf) = (parts.dropLast().joined(separator: "/"), parts.last ?? path)
    let rule = rules.first { $0.name == leaf && ($0.rank == nil || $0.rank == shape.rank) }
    var mapping = WeightMapping(name: name(rule?.foreignName ?? leaf, of: module), source: .one(path))
    if isChannelsFirst, let record = layers[module] { mapping.changes = channelsFirst(leaf, record) }
    // Other frameworks have the kernel of the convolution that is transposed.
    if cells != nil, leaf == "kernel", layers[module]?.layer is ConvTranspose2D {
      mapping.changes = [.axes([0, 1, 3, 2])]
    }
    if let axes = rule?.axes {
      guard axes.sorted() == Array(0..<shape.rank) else {
        throw .invalidAxes(path: path, axes: axes, rank: shape.rank)
      }
      mapping.changes.append(.axes(axes))
    }
    return mapping
  }

  /// Brings the features of images that were flattened, or are normalized together, into the order there.
  private func channelsFirst(_ leaf: String, _ record: LayerRecord) -> [LayoutChange] {
    let flattened = record.shapeBeforeFlattening.flatMap { $0.rank == 3 ? $0 : nil }
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
  func mappings(
    for cell: any RecurrentCell, at path: String, in variables: TensorTree, of layout: WeightLayout
  ) throws(WeightError) -> [WeightMapping] {
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
    func changes(_ axis: Int) -> [LayoutChange] { order.map { [.blocks($0, axis: axis)] } ?? [] }
    func mapping(_ name: String, _ source: WeightMapping.Source, _ changes: [LayoutChange]) -> WeightMapping {
      WeightMapping(name: layout.name(name, of: path), source: source, changes: changes)
    }
    let (bias, recurrent) = (own("bias"), own("recurrent/bias"))
    let hasTwo = variables[recurrent] != nil
    switch self {
    case .pyTorch:
      return [
        mapping("weight_ih_l0", .one(own("kernel")), changes(1) + [.axes([1, 0])]),
        mapping("weight_hh_l0", .one(own("recurrent/kernel")), changes(1) + [.axes([1, 0])]),
        mapping("bias_ih_l0", .one(bias), changes(0)),
        // Where there is one bias here, the second is zero there.
        mapping("bias_hh_l0", hasTwo ? .one(recurrent) : .addend(bias), changes(0)),
      ]
    case .keras:
      let source: WeightMapping.Source =
        !hasTwo ? .one(bias) : cell is GRUCell ? .stacked([bias, recurrent]) : .sum([bias, recurrent])
      return [
        mapping("kernel", .one(own("kernel")), changes(1)),
        mapping("recurrent_kernel", .one(own("recurrent/kernel")), changes(1)),
        mapping("bias", source, changes(0)),
      ]
    }
  }
}
