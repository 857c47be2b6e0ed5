// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title The AccessManager of a deployment
/// @dev OpenZeppelin's as it stands, under a name that this repository compiles and keeps an artifact of.
contract Authority is AccessManager {
    /// @param admin Grants the first roles; leaves when governance is in place.
    constructor(address admin) AccessManager(admin) {}
}
