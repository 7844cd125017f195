import Datasets
import Foundation

/// Readers of data sets.
enum DataReaders {
  /// The first byte decides on the format.
  static func csv(_ bytes: [UInt8]) throws {
    let choice = bytes.first ?? 0
    let format = CSVFormat(
      separator: choice & 1 == 0 ? .character(",") : .whitespace, hasHeader: choice & 2 != 0,
      columns: choice & 4 == 0 ? .all : choice & 8 == 0 ? .indices([1, 0]) : .names(["a", "b"]))
    let table = try CSVSeries.decode(Array(bytes.dropFirst()), format, path: "input")
    guard table.values.bytes.count == 8 * table.values.shape.reduce(1, *) else {
      throw Fault("another number of values")
    }
  }

  /// The first byte decides on the series: sunspots, the laser, or the vowels' two files with a zero byte between them.
  static func series(_ bytes: [UInt8]) throws {
    let rest = Array(bytes.dropFirst())
    try Scratch.with { folder in
      let folders = DataFolders(searched: [folder], cache: folder + "/cache", allowsDownload: false)
      switch (bytes.first ?? 0) % 3 {
      case 0:
        try Scratch.write(rest, folder + "/SN_m_tot_V2.0.csv")
        var source = SunspotsSource()
        source.train = 2
        _ = try source.load(from: folders, progress: nil)
      case 1:
        try Scratch.write(rest, folder + "/santafe-a.txt")
        var source = LaserSource()
        (source.train, source.test) = (2, 1)
        _ = try source.load(from: folders, progress: nil)
      default:
        let parts = rest.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        try Scratch.write(Array(parts[0]), folder + "/ae.train")
        try Scratch.write(Array(parts.last ?? []), folder + "/ae.test")
        _ = try VowelsSource().load(from: folders, progress: nil)
      }
    }
  }

  static func npz(_ bytes: [UInt8]) throws {
    try Scratch.with { folder in
      let path = folder + "/data.npz"
      try Scratch.write(bytes, path)
      _ = try NPZ.read(path)
      _ = try NPZSource(path: path).load(
        from: DataFolders(searched: [], cache: folder, allowsDownload: false), progress: nil)
    }
  }

  /// An archive of CIFAR-10 whose headers get the checksums that they should have.
  static func tar(_ bytes: [UInt8]) throws {
    // An xz file may announce a dictionary of up to 1 GiB, which is more memory than the fuzzer allows.
    guard !bytes.starts(with: [0xfd, 0x37]) else { return }
    try Scratch.with { folder in
      try Scratch.write(summedUp(bytes), folder + "/cifar-10-binary.tar")
      _ = try CIFAR10.load(from: DataFolders(searched: [folder], cache: folder + "/cache", allowsDownload: false))
    }
  }

  private static func summedUp(_ bytes: [UInt8]) -> [UInt8] {
    guard !bytes.starts(with: [0x1f, 0x8b]) else { return bytes }
    var bytes = bytes
    for start in stride(from: 0, to: bytes.count - 511, by: 512) where bytes[start + 257] == UInt8(ascii: "u") {
      for place in start + 148..<start + 156 { bytes[place] = UInt8(ascii: " ") }
      let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
      let digits = String(sum, radix: 8)
      let text = String(repeating: "0", count: 6 - digits.count) + digits
      bytes.replaceSubrange(start + 148..<start + 154, with: text.utf8)
      bytes[start + 154] = 0
    }
    return bytes
  }

  /// Records of CIFAR-100, filled up so that they are whole but where the first byte is odd.
  static func cifar(_ bytes: [UInt8]) throws {
    let size = 2 + 32 * 32 * 3
    let rest = bytes.dropFirst()
    let missing = (bytes.first ?? 0) & 1 == 0 ? (size - rest.count % size) % size : 0
    let records = rest + [UInt8](repeating: 7, count: missing)
    try Scratch.with { folder in
      for name in ["train.bin", "test.bin"] {
        try FileManager.default.createDirectory(atPath: folder + "/cifar-100-binary", withIntermediateDirectories: true)
        try Scratch.write(Array(records), folder + "/cifar-100-binary/" + name)
      }
      _ = try CIFAR100.load(from: DataFolders(searched: [folder], cache: folder + "/cache", allowsDownload: false))
    }
  }
}
