import Foundation
import PJRT

/// Where a run was computed, as far as it may explain a difference.
public struct RunEnvironment: Sendable, Hashable, Codable {
  public var tanren: String
  /// The plugin's platform, `cpu` say, and version.
  public var platform: String
  public var platformVersion: String
  /// The device's kind.
  public var device: String
  public var processor: String
  public var cores: Int
  /// That a program on the CPU could use, which decides in what order sums are added up; nil for all cores.
  public var threads: Int?
  /// Those that shared a batch, which decides it as well; nil for one.
  public var devices: Int?
  public var memoryBytes: UInt64
  public var system: String
  public var host: String
  /// The commit that the working folder is at, with `-dirty` if it has changes; nil outside git.
  public var commit: String?

  /// This process's environment.
  /// - Throws: `EngineError` if there is no engine.
  public static func current() throws -> RunEnvironment {
    let engine = try Engine.shared()
    let (client, process) = (engine.client, ProcessInfo.processInfo)
    return RunEnvironment(
      tanren: tanrenVersion, platform: client.platformName, platformVersion: client.platformVersion,
      device: client.devices.first?.kind ?? "", processor: processorName, cores: process.activeProcessorCount,
      threads: client.cpuThreads, devices: engine.devices == 1 ? nil : engine.devices,
      memoryBytes: process.physicalMemory, system: process.operatingSystemVersionString, host: process.hostName,
      commit: commit)
  }

  /// JSON with its keys in order, so that equal environments have equal texts.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  init?(text: String) {
    guard let environment = try? JSONDecoder().decode(RunEnvironment.self, from: Data(text.utf8)) else { return nil }
    self = environment
  }

  init(
    tanren: String, platform: String, platformVersion: String, device: String, processor: String, cores: Int,
    threads: Int? = nil, devices: Int? = nil, memoryBytes: UInt64, system: String, host: String, commit: String?
  ) {
    (self.tanren, self.platform, self.platformVersion) = (tanren, platform, platformVersion)
    (self.device, self.processor, self.cores, self.threads) = (device, processor, cores, threads)
    (self.devices, self.memoryBytes) = (devices, memoryBytes)
    (self.system, self.host, self.commit) = (system, host, commit)
  }

  private static var processorName: String {
    #if canImport(Darwin)
      var size = 0
      sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0)
      var bytes = [UInt8](repeating: 0, count: size)
      sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0)
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    #else
      let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      let line = text.split(separator: "\n").first { $0.hasPrefix("model name") || $0.hasPrefix("Model") }
      return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces) ?? ""
    #endif
  }

  private static var commit: String? {
    let git = Process()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    let output = Pipe()
    git.standardOutput = output
    git.standardError = FileHandle.nullDevice
    git.standardInput = FileHandle.nullDevice
    guard (try? git.run()) != nil else { return nil }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    git.waitUntilExit()
    let commit = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return git.terminationStatus == 0 && !commit.isEmpty ? commit : nil
  }
}

/// What data a run was trained on: one name may mean different data on different machines.
struct DataIdentity: Sendable, Hashable {
  /// As the configuration names it.
  let source: String
  /// A sentence for people.
  let origin: String
  let digest: String

  /// Examples of each set that the digest is taken of: a whole one would cost more than a short run.
  private static let sampleCount = 64

  /// - Throws: `DatasetError` if the examples can't be read.
  init(_ data: OpenedData, source: String) throws {
    self.source = source
    origin = data.pair.origin
    var hash = SHA256()
    hash.update(Array(data.pair.name.utf8))
    for set in [data.train, data.test] {
      for array in [set.inputs, ArrayReader(set.targets)] as [any RecordReader] {
        hash.update(Array("\(array.dtype)\([array.count] + array.shape)".utf8))
        let count = min(Self.sampleCount, set.count)
        for sample in 0..<count { try hash.update(array.records(at: [sample * (set.count / count)]).bytes) }
      }
    }
    digest = hash.hexDigest()
  }
}
