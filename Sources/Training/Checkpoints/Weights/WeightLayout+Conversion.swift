import Layers
import OrderedCollections

extension WeightLayout {
  /// A model's parameters and state in this layout.
  /// - Parameter records: the model's structure, of `trace`; without it features of flattened images keep their
  ///   order and recurrent cells' parameters their division.
  /// - Throws: ``WeightError``; `EngineError` if the arrays can't be computed.
  public func exported(_ variables: ModelVariables, records: [LayerRecord] = []) throws -> Safetensors {
    let all = variables.parameters.merging(variables.state)
    var moved = TensorTree()
    for place in try places(for: all, records: records) { moved[place.name] = place.there(all) }
    var file = Safetensors()
    for (name, tensor) in try moved.evaluate().pairs { file.tensors[name] = try tensor.hostArray() }
    return file
  }

  /// A model's variables with the values of a file in this layout.
  ///
  /// - Parameters:
  ///   - variables: the model's own, for their paths and types.
  ///   - records: as for ``exported(_:records:)``.
  /// - Throws: ``WeightError``, with all that doesn't fit.
  public func imported(
    _ file: Safetensors, for variables: ModelVariables, records: [LayerRecord] = []
  ) throws -> ModelVariables {
    let all = variables.parameters.merging(variables.state)
    let places = try places(for: all, records: records)
    var values = TensorTree()
    var (missing, mismatched): ([String], [TypeMismatch]) = ([], [])
    for place in places {
      guard let expected = place.there(all)?.type else { continue }
      guard let array = file.tensors[place.name] else {
        missing.append(place.name)
        continue
      }
      let actual = TensorType(array.dtype, Shape(array.shape))
      guard actual == expected else {
        mismatched.append(TypeMismatch(path: place.name, expected: expected, actual: actual))
        continue
      }
      for (path, tensor) in place.here(Tensor(array)) { values[path] = values[path].map { $0 + tensor } ?? tensor }
    }
    let names = Set(places.map(\.name))
    let unexpected = Array(file.tensors.keys).filter { name in
      !names.contains(name) && !passedOver.contains { name == $0 || name.hasSuffix(separator + $0) }
    }
    guard missing.isEmpty, unexpected.isEmpty, mismatched.isEmpty else {
      throw WeightError.differentModel(missing: missing, unexpected: unexpected, mismatched: mismatched)
    }
    let read = try values.evaluate()
    return ModelVariables(
      parameters: variables.parameters.map { path, tensor in read[path] ?? tensor },
      state: variables.state.map { path, tensor in read[path] ?? tensor })
  }
}
