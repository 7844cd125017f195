import PJRT

/// NumPy's `.npz` format: a zip archive of `.npy` members, stored or deflated.
public enum NPZ {
  /// The arrays of an archive by name, without the `.npy` of the members' names.
  /// - Throws: ``DatasetError`` if the file can't be read, isn't a zip archive, or a member is damaged
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
    let archive = try ZipArchive(FileBytes.read(path), path: path)
    guard let member = archive.members.first(where: { self.name(of: $0) == name }) else {
      throw DatasetError(
        .missingMember(name: name, available: archive.members.map(self.name(of:))), path: path)
    }
    return try NPY.decode(archive.contents(of: member), as: wanted, path: "\(path)(\(member.name))")
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

  private static func name(of member: ZipArchive.Member) -> String {
    member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
  }
}
