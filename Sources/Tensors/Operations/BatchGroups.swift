/// Equal groups of a batch's consecutive examples, on however many devices the batch is: a device has several groups, or
/// several devices have a group together.
package struct BatchGroups {
  /// How many groups this device has examples of.
  package let own: Int
  /// The devices that have a group together; nil if a device has all of it.
  package let within: DeviceAxis?
  /// The devices that have other groups; nil if there are none.
  package let across: DeviceAxis?

  /// - Parameters:
  ///   - examples: of the whole batch.
  ///   - devices: those that the batch is spread over, in equal parts; nil if one device has all of it.
  /// - Throws: `ShapeError` if the groups don't divide the examples evenly, or neither groups nor devices divide the others.
  package init(_ count: Int, of examples: Int, over devices: DeviceAxis?) throws(ShapeError) {
    guard count >= 1, examples.isMultiple(of: count) else {
      throw ShapeError(
        "\(count) groups don't divide a batch of \(examples) examples evenly: the batch must be a multiple of the groups; "
          + "a last batch that is smaller can be padded or dropped")
    }
    guard let devices, count > 1 else {
      (own, within, across) = (count, devices, nil)
      return
    }
    if count.isMultiple(of: devices.count) {
      (own, within, across) = (count / devices.count, nil, devices)
    } else if let (across, within) = devices.split(into: count) {
      (own, self.within, self.across) = (1, within, across)
    } else {
      throw ShapeError(
        "\(count) groups can't be spread evenly over \(devices.count) devices: one must be a multiple of the other")
    }
  }
}
