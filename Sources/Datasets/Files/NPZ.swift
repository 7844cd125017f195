import PJRT

/// NumPy's `.npz` format: a zip archive of `.npy` members, stored or deflated.
public enum NPZ {
  /// The arrays of an archive by name, without the `.npy` of the members' names.
  /// - Throws: ``DatasetError`` if the file can't be read, isn't a zip archive, or a member is damaged, is there twice
  ///   or isn't an array; the error's path names the member.
  public static func read(_ path: String) throws(DatasetError) -> [String: HostArray] {
    let archive = try ZipArchive(FileBytes.read(path), path: path)
    var arrays: [String: HostArray] = [:]
    for member in archive.members where !member.name.hasSuffix("/") {
      let name = name(of: member)
      guard arrays[name] == nil else { throw DatasetError(.duplicateMember(name: name), path: path) }
      arrays[name] = try NPY.decode(archive.contents(of: member), path: "\(path)(\(member.name))")
    }
    return arrays
  }

  /// One array of an archive; the others aren't unpacked.
  /// - Parameter wanted: the element types that will do; any if empty.
  /// - Throws: ``DatasetError`` as ``read(_:)``, and if there is no such array.
  public static func read(
    _ path: String, member name: String, as wanted: DType...
  ) throws(DatasetError) -> HostArray {
    let member = try NPZArchive(path).member(name)
    return try NPY.decode(member.bytes, as: wanted, path: member.path)
  }

  /// Writes arrays in the order of their names, whole or not at all, so equal arrays make equal files.
  /// - Parameter isCompressed: deflates the members, as `numpy.savez_compressed` does.
  /// - Throws: ``DatasetError`` if the file can't be written, an array has a type that NumPy doesn't
  ///   know, or the archive would reach 2 GiB.
  public static func write(
    _ arrays: [String: HostArray], to path: String, isCompressed: Bool = false
  ) throws(DatasetError) {
    var writer = ZipWriter(path: path, isCompressed: isCompressed)
    for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
      try writer.add(name + ".npy", NPY.encode(array, path: "\(path)(\(name).npy)"))
    }
    try FileBytes.write(writer.finished(), to: path)
  }

  fileprivate static func name(of member: ZipArchive.Member) -> String {
    member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
  }
}

/// An archive that is read once for several of its arrays.
struct NPZArchive {
  private let archive: ZipArchive
  private let path: String

  init(_ path: String) throws(DatasetError) {
    archive = try ZipArchive(FileBytes.read(path), path: path)
    self.path = path
  }

  /// The bytes of an array, and what errors call them.
  /// - Throws: ``DatasetError`` if there is no such array, or two of them: programs differ in which they take.
  func member(_ name: String) throws(DatasetError) -> (bytes: [UInt8], path: String) {
    let found = archive.members.filter { NPZ.name(of: $0) == name }
    guard let member = found.first else {
      throw DatasetError(.missingMember(name: name, available: archive.members.map(NPZ.name(of:))), path: path)
    }
    guard found.count == 1 else { throw DatasetError(.duplicateMember(name: name), path: path) }
    return (try archive.contents(of: member), "\(path)(\(member.name))")
  }
}
