// What app.js lends to the other modules, without them importing it.
export const page = {
  refresh: async () => {}, // refetch state and what is on show
  go: () => {}, // go({kind, id, thread})
  become: () => {}, // become(person id)
  render: () => {}, // draw again from what is known
};
