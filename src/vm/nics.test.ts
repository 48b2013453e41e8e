import { describe, expect, it } from "vitest";
import { nicArguments, readForwards } from "./nics.ts";
import type { Nic } from "./nics.ts";

const nic: Nic = {
  model: "virtio-net",
  mac: "52:54:00:12:34:56",
  subnet: "10.0.2.0/24",
  address: "10.0.2.15",
  ipv4: true,
  ipv6: false,
  isRestricted: true,
  forwards: [22, 80],
  servers: [],
  hasCarrier: true,
};

describe("nicArguments", () => {
  it("lets the kernel choose ports of 127.0.0.1, so that no two machines want the same", () => {
    const [, netdev = ""] = nicArguments([nic], "pci");
    expect(netdev.match(/hostfwd=[^,]*/g)).toEqual([
      "hostfwd=tcp:127.0.0.1:0-10.0.2.15:22",
      "hostfwd=tcp:127.0.0.1:0-10.0.2.15:80",
    ]);
    expect(netdev).toContain("restrict=on");
  });

  it("quotes what a server is run with for QEMU's two ways to take words apart", () => {
    const servers = [{ address: "10.0.2.100", port: 80, command: ["/bin/echo", "it's a, b", ""] }];
    const [, netdev = ""] = nicArguments([{ ...nic, servers }], "pci");
    expect(netdev).toMatch(/,guestfwd=tcp:10\.0\.2\.100:80-cmd:'\/bin\/echo' 'it'\\''s a,, b' ''$/);
  });

  it("gives the firmware no ROM to boot from, and a microvm no PCI", () => {
    expect(nicArguments([nic], "pci").join(" ")).toContain("virtio-net-pci,romfile=,");
    expect(nicArguments([nic], "device").join(" ")).not.toMatch(/pci|romfile/);
  });
});

describe("readForwards", () => {
  it("finds the ports among other connections", () => {
    const usernet = `Hub -1 (net0):
  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ
  TCP[HOST_FORWARD]  14       127.0.0.1 41023       10.0.2.15    22     0     0
  TCP[ESTABLISHED]   15       127.0.0.1 41024       10.0.2.15    22     0     0
  UDP[236 sec]       16       10.0.2.15    68        10.0.2.2    67     0     0
`;
    expect(readForwards(usernet)).toEqual([{ port: 22, hostPort: 41023 }]);
  });
});
