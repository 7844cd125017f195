import Arrays

/// NumPy's `.npz` format: a zip archive of `.npy` members, stored or deflated.
public enum NPZ {
  /// The arrays of an archive by name, without the `.npy` of the members' names.
  /// - Throws: ``DatasetError`` if the file can't be read, isn't a zip archive, or a member is damaged, is there twice
  ///   or isn't an array; the error's path names the member.
  public static func read(_ path: String) throws(DatasetError) -> [String: HostArray] {
    let archive = try NPZArchive(path)
    var arrays: [String: HostArray] = [:]
    try archive.members(where: { _ in true }) { (name, bytes, place) throws(DatasetError) in
      guard arrays[name] == nil else { throw DatasetError(.duplicateMember(name: name), path: path) }
      arrays[name] = try NPY.decode(bytes, path: place)
    }
    return arrays
  }

  /// One array of an archive; the others aren't unpacked.
  /// - Parameter wanted: the accepted element types; any if empty.
  /// - Throws: ``DatasetError`` as ``read(_:)``, and if there is no such array.
  public static func read(
    _ path: String, member name: String, as wanted: DType...
  ) throws(DatasetError) -> HostArray {
    let member = try NPZArchive(path).member(name)
    return try NPY.decode(member.bytes, as: wanted, path: member.path)
  }

  /// Writes arrays in the order of their names, whole or not at all, so that equal arrays make equal files.
  /// - Parameter isCompressed: deflates the members, as `numpy.savez_compressed` does.
  /// - Throws: ``DatasetError`` if the file can't be written, or an array has a type that NumPy doesn't know.
  public static func write(
    _ arrays: [String: HostArray], to path: String, isCompressed: Bool = false
  ) throws(DatasetError) {
    try FileBytes.write(encode(arrays, path: path, isCompressed: isCompressed), to: path)
  }

  /// The bytes that ``write(_:to:isCompressed:)`` writes.
  /// - Parameter path: what errors call the file.
  package static func encode(
    _ arrays: [String: HostArray], path: String, isCompressed: Bool = false
  ) throws(DatasetError) -> [UInt8] {
    var writer = try ZipWriter(path: path, isCompressed: isCompressed)
    for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
      try writer.add(name + ".npy", NPY.encode(array, path: "\(path)(\(name).npy)"))
    }
    return try writer.finished()
  }
}

/// An archive that is read once for several of its arrays.
package struct NPZArchive {
  private let archive: Archive
  private let path: String

  package init(_ path: String) throws(DatasetError) {
    archive = try Archive(FileBytes.read(path), .zip, path: path)
    self.path = path
  }

  /// Whether there is an array of the name.
  package func has(_ name: String) -> Bool { archive.names.contains { Self.arrayName(of: $0) == name } }

  /// The bytes of an array, and what errors call them.
  /// - Throws: ``DatasetError`` if there is no such array, or two of them: programs differ in which they take.
  package func member(_ name: String) throws(DatasetError) -> (bytes: [UInt8], path: String) {
    let count = archive.names.count { Self.arrayName(of: $0) == name }
    guard count > 0 else {
      throw DatasetError(.missingMember(name: name, available: archive.names.map(Self.arrayName(of:))), path: path)
    }
    guard count == 1 else { throw DatasetError(.duplicateMember(name: name), path: path) }
    var member: (bytes: [UInt8], path: String) = ([], path)
    try members(where: { $0 == name }) { member = ($1, $2) }
    return member
  }

  /// Unpacks the arrays whose names `isWanted` accepts.
  fileprivate func members(
    where isWanted: (String) -> Bool,
    _ body: (_ name: String, _ bytes: [UInt8], _ path: String) throws(DatasetError) -> Void
  ) throws(DatasetError) {
    try archive.unpack(where: { isWanted(Self.arrayName(of: $0)) }) { (name, contents) throws(DatasetError) in
      try body(Self.arrayName(of: name), contents, "\(path)(\(name))")
    }
  }

  private static func arrayName(of member: String) -> String {
    member.hasSuffix(".npy") ? String(member.dropLast(4)) : member
  }
}
