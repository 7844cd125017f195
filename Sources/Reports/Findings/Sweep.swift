import Configuration
import Statistics

/// The metric over a setting that several arms differ in only by its number.
public struct Sweep: Sendable, Equatable, Encodable {
  /// Arms that are alike in all but the setting.
  public struct Line: Sendable, Equatable, Encodable {
    /// What distinguishes it from the other lines, empty where it is the only one.
    public let name: String
    /// In the order of the setting.
    public let arms: [String]
    public let values: [Double]
  }

  /// The setting's path: `optimizer.learningRate`, `batchSize`, ….
  public let path: String
  /// From the smallest value to the largest one, each line.
  public let lines: [Line]
  /// Arms that aren't on any line.
  public let others: [String]

  /// All sweeps there are among arms. A line has three points or more.
  static func all(_ arms: [ArmFacts]) -> [Sweep] {
    var paths: [String] = []
    for setting in arms.flatMap(\.settings) where setting.number != nil && !paths.contains(setting.path) {
      paths.append(setting.path)
    }
    return paths.compactMap { Sweep($0, arms) }
  }

  private init?(_ path: String, _ arms: [ArmFacts]) {
    typealias Rest = Set<ReportSetting>
    var groups: [(rest: Rest, members: [(arm: String, value: Double)])] = []
    for arm in arms {
      guard let value = arm.settings.first(where: { $0.path == path })?.number, value.isFinite else { continue }
      let rest = Rest(arm.settings.filter { $0.path != path })
      if let index = groups.firstIndex(where: { $0.rest == rest }) {
        groups[index].members.append((arm.name, value))
      } else {
        groups.append((rest, [(arm.name, value)]))
      }
    }
    groups = groups.filter { Set($0.members.map(\.value)).count >= 3 }
    guard !groups.isEmpty else { return nil }
    let shared = groups.dropFirst().reduce(groups[0].rest) { $0.intersection($1.rest) }
    self.path = path
    lines = groups.map { group in
      let members = group.members.sorted { $0.value < $1.value }
      let settings = group.rest.subtracting(shared).sorted { $0.path < $1.path }.map(Self.label).joined(separator: ", ")
      let name = Self.name(members.map(\.arm), path: path) ?? settings
      return Line(name: groups.count > 1 ? name : "", arms: members.map(\.arm), values: members.map(\.value))
    }
    let members = Set(lines.flatMap(\.arms))
    others = arms.map(\.name).filter { !members.contains($0) }
  }

  /// What arms of a grid are called but for the setting: `warmup` of `warmup batchSize=128` and `warmup batchSize=256`.
  private static func name(_ arms: [String], path: String) -> String? {
    guard let key = path.split(separator: ".").last else { return nil }
    let names = arms.map { arm -> String? in
      let words = arm.split(separator: " ")
      let others = words.filter { word in
        guard let setting = word.firstIndex(of: "=").map({ String(word[..<$0]) }) else { return true }
        return ![String(key), path].contains(RenamedSettings.named(setting, in: RenamedSettings.run, .present))
      }
      return others.count == words.count ? nil : others.joined(separator: " ")
    }
    guard let first = names.first ?? nil, !first.isEmpty, names.allSatisfy({ $0 == first }) else { return nil }
    return first
  }

  /// A method by its name alone, a number with the last key of its path.
  private static func label(_ setting: ReportSetting) -> String {
    guard setting.number != nil, let key = setting.path.split(separator: ".").last else { return setting.value }
    return "\(key) \(setting.value)"
  }
}
