extension ImagesSource: EncodedSource {
  public func records(
    encodedBy encoding: InputEncoding, classNames: [String], given: Set<String>, from folders: DataFolders
  ) throws -> EncodedRecords? {
    guard case .images(let encoding) = encoding else { return nil }
    let list = try ImageList(
      path, knowing: classNames, heldOut: given.contains("fraction") ? fraction : nil, seed: seed)
    let found = try part(list.test, list, encoding)
    let change = "to \(encoding.size)x\(encoding.size) by \(encoding.resize.rawValue) as the model's training data"
    return EncodedRecords(
      records: found.records, name: name,
      origin: origin(list, count: found.sizes.count, change: change, failures: found.failures))
  }
}
