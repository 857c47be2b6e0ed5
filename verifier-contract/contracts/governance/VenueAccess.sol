// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title OpenZeppelin's access manager as a venue deploys it
/// @notice Who may call what, and after how long. Roles are listed in `Roles`.
contract VenueAccess is AccessManager {
    /// @param admin Grants roles to begin with: the deployer, who hands the role to a multisig behind a delay and renounces it.
    constructor(address admin) AccessManager(admin) {}
}
