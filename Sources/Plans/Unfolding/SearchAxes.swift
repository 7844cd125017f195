import Configuration
import Search

/// Which settings of a search each arm has.
struct SearchAxes {
  /// In the order of the arms, none for an arm that has none.
  let ofArms: [[SearchAxis]]

  /// - Throws: `ConfigurationError` for a setting that no arm has, and for values that its method doesn't take, with the
  ///   line where the setting is searched.
  init(_ search: SettingSearch, _ arms: [ExpandedArm]) throws(ConfigurationError) {
    var found: Set<SearchAxis> = []
    var reasons: [SearchAxis: ConfigurationError] = [:]
    var ofArms: [[SearchAxis]] = []
    for arm in arms {
      var own: [SearchAxis] = []
      for axis in search.axes(of: arm.planned.written) {
        if let reason = try Self.reason(against: axis, of: arm) {
          reasons[axis] = reasons[axis] ?? reason
        } else {
          own.append(axis)
          found.insert(axis)
        }
      }
      ofArms.append(own)
    }
    for axis in search.space + search.armSpaces.flatMap(\.axes) where !found.contains(axis) {
      // An axis of all arms may be replaced in every arm.
      guard let reason = reasons[axis] else { continue }
      var message = "no arm has the setting '\(axis.path)'"
      if case .unknownKey(let key, _, let known, _) = reason, let nearest = key.nearest(in: known) {
        message += ": did you mean '\(axis.path.dropLast(key.count))\(nearest)'?"
      }
      throw .invalid(message: message, origin: axis.origin)
    }
    self.ofArms = ofArms
  }

  /// Why an arm hasn't a setting; nil if it has.
  /// - Throws: `ConfigurationError` if it has, but doesn't take the values.
  private static func reason(
    against axis: SearchAxis, of arm: ExpandedArm
  ) throws(ConfigurationError) -> ConfigurationError? {
    let scale = try axis.makeScale()
    // The ends of a scale of numbers, or each of several choices.
    let count = scale.choiceCount ?? 2
    for index in 0..<count {
      let place = scale.choiceCount == nil ? Double(index) : (Double(index) + 0.5) / Double(count)
      let setting = Override(axis.path, scale.value(at: place), origin: axis.origin)
      let options: Options
      do throws(ConfigurationError) { options = try arm.options(with: setting) } catch { return error }
      do throws(ConfigurationError) { _ = try RunConfiguration(from: options) } catch {
        guard case .unknownKey = error else { throw error }
        return error
      }
    }
    return nil
  }
}
