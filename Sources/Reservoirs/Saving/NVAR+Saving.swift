import OrderedCollections

/// Saving and loading.
extension NVAR {
  /// Reads a file of ``save(to:)``.
  /// - Throws: `SafetensorsError` for a file that can't be read; ``ReservoirError/malformedFile(path:reason:)`` for one
  ///   that holds no such model.
  public init(contentsOf path: String) throws { self = try SavedArrays.read(path) { try NVAR(arrays: $0) } }

  /// All that the model is, by name: `readout` and `past`, if there are any, and the settings, as JSON in the bytes of
  /// `description`.
  public func arrays() throws -> OrderedDictionary<String, HostArray> {
    let description = Description(features: features, outputs: outputs, predictsChange: predictsChange, dtype: dtype)
    var arrays: OrderedDictionary = ["description": try description.array()]
    (arrays["readout"], arrays["past"]) = (try readout?.hostArray(), try past?.hostArray())
    return arrays
  }

  /// The model of ``arrays()``; others are ignored.
  /// - Throws: ``ReservoirError/malformedFile(path:reason:)`` for arrays that are missing or don't fit each other,
  ///   ``ReservoirError`` for settings out of range.
  public init(arrays: OrderedDictionary<String, HostArray>) throws {
    let saved = SavedArrays(arrays)
    let own = try saved.description(Description.self, of: "nonlinear vector autoregression")
    try self.init(own.features, outputs: own.outputs, predictsChange: own.predictsChange, dtype: own.dtype)
    var (readout, past): (Tensor?, Tensor?)
    if let array = arrays["readout"] {
      try saved.check("readout", dtype, [features.count + 1, outputs])
      readout = Tensor(try Tensor(array).buffer())
    }
    if let array = arrays["past"] {
      try saved.check("past", dtype, [Swift.max(1, array.shape.first ?? 0), features.firstStep + 1, features.channels])
      past = Tensor(try Tensor(array).buffer())
    }
    if let past { try place(after: past) }
    if let readout { setReadout(readout) }
  }

  private struct Description: SavedDescription {
    var version = 1
    let features: DelayFeatures
    let outputs: Int
    let predictsChange: Bool
    let dtype: DType

    private enum CodingKeys: CodingKey { case version, features, outputs, predictsChange, dtype }
  }
}
