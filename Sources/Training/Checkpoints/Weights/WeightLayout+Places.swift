import Layers

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
