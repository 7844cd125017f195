import OrderedCollections

extension WeightLayout {
  /// A model's parameters and state in this layout.
  /// - Throws: ``WeightError/sharedName(_:paths:)``; `EngineError` if the arrays can't be computed.
  public func exported(_ variables: ModelVariables) throws -> Safetensors {
    let all = variables.parameters.merging(variables.state)
    let places = try places(in: all)
    let moved = try all.map { path, tensor in
      places[path]?.axes.map { tensor.transpose($0) } ?? tensor
    }.evaluate()
    var file = Safetensors()
    for (path, tensor) in moved.pairs { file.tensors[places[path]?.name ?? path] = try tensor.hostArray() }
    return file
  }

  /// A model's variables with the values of a file in this layout.
  ///
  /// - Parameter variables: the model's own, for their paths and types.
  /// - Throws: ``WeightError``, with all that doesn't fit.
  public func imported(_ file: Safetensors, for variables: ModelVariables) throws -> ModelVariables {
    let all = variables.parameters.merging(variables.state)
    let places = try places(in: all)
    var values = TensorTree()
    var (missing, mismatched): ([String], [TypeMismatch]) = ([], [])
    for (path, tensor) in all.pairs {
      let (name, axes) = places[path] ?? (path, nil)
      guard let array = file.tensors[name] else {
        missing.append(name)
        continue
      }
      let expected = TensorType(tensor.dtype, Shape(axes.map { $0.map { tensor.shape[$0] } } ?? Array(tensor.shape)))
      let actual = TensorType(array.dtype, Shape(array.shape))
      if actual != expected { mismatched.append(TypeMismatch(path: name, expected: expected, actual: actual)) }
      // The order that undoes the other one.
      let inverse = axes.map { axes in axes.indices.map { axis in axes.firstIndex(of: axis) ?? axis } }
      values[path] = inverse.map { Tensor(array).transpose($0) } ?? Tensor(array)
    }
    let names = Set(places.values.map(\.name))
    let unexpected = Array(file.tensors.keys).filter { !names.contains($0) }
    guard missing.isEmpty, unexpected.isEmpty, mismatched.isEmpty else {
      throw WeightError.differentModel(missing: missing, unexpected: unexpected, mismatched: mismatched)
    }
    let read = try values.evaluate()
    return ModelVariables(
      parameters: variables.parameters.map { path, tensor in read[path] ?? tensor },
      state: variables.state.map { path, tensor in read[path] ?? tensor })
  }

  private func places(in tree: TensorTree) throws(WeightError) -> [String: (name: String, axes: [Int]?)] {
    var places: [String: (name: String, axes: [Int]?)] = [:]
    var paths: [String: String] = [:]
    for (path, tensor) in tree.pairs {
      let place = place(of: path, rank: tensor.rank)
      if let axes = place.axes, axes.sorted() != Array(0..<tensor.rank) {
        throw .invalidAxes(path: path, axes: axes, rank: tensor.rank)
      }
      if let other = paths.updateValue(path, forKey: place.name) {
        throw .sharedName(place.name, paths: [other, path])
      }
      places[path] = place
    }
    return places
  }
}
