// :names: of the usual emoji. An unknown name stays as it was typed.

const TABLE = `
rotating_light 🚨|fire 🔥|bell 🔔|no_bell 🔕|warning ⚠️|exclamation ❗|heavy_exclamation_mark ❗|bangbang ‼️|question ❓|sos 🆘|boom 💥|collision 💥|zap ⚡
red_circle 🔴|large_red_circle 🔴|large_orange_circle 🟠|orange_circle 🟠|large_yellow_circle 🟡|yellow_circle 🟡|large_green_circle 🟢|green_circle 🟢|large_blue_circle 🔵|blue_circle 🔵|large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|large_brown_circle 🟤
red_square 🟥|large_red_square 🟥|large_orange_square 🟧|large_yellow_square 🟨|large_green_square 🟩|large_blue_square 🟦|white_large_square ⬜|black_large_square ⬛|small_blue_diamond 🔹|small_orange_diamond 🔸|large_blue_diamond 🔷|large_orange_diamond 🔶
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|stop_sign 🛑|construction 🚧|lock 🔒|unlock 🔓|key 🔑
hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|clock1 🕐|clock3 🕒|clock6 🕕|clock9 🕘|clock12 🕛|watch ⌚|calendar 📅|date 📅|spiral_calendar_pad 🗓️|calendar_spiral 🗓️
mag 🔍|mag_right 🔎|eyes 👀|eye 👁️|ear 👂|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|gear ⚙️|nut_and_bolt 🔩|toolbox 🧰|screwdriver 🪛|test_tube 🧪|microscope 🔬|telescope 🔭|bulb 💡|electric_plug 🔌|battery 🔋|satellite_antenna 📡|satellite 📡
memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|page_facing_up 📄|notebook 📓|books 📚|book 📖|bookmark 🔖|label 🏷️|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|file_folder 📁|open_file_folder 📂|card_index 📇|card_file_box 🗃️|wastebasket 🗑️|package 📦|inbox_tray 📥|outbox_tray 📤|email 📧|e-mail 📧|envelope ✉️|incoming_envelope 📨|mailbox 📫
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|computer 💻|desktop_computer 🖥️|keyboard ⌨️|floppy_disk 💾|cloud ☁️|globe_with_meridians 🌐|earth_africa 🌍|earth_americas 🌎|earth_asia 🌏|world_map 🗺️|robot_face 🤖|bug 🐛|beetle 🐞
telephone_receiver 📞|phone ☎️|telephone ☎️|iphone 📱|calling 📲|pager 📟|loudspeaker 📢|mega 📣|speaker 🔈|mute 🔇|loud_sound 🔊|speech_balloon 💬|thought_balloon 💭|left_speech_bubble 🗨️
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_upper_right ↗️|arrow_lower_right ↘️|arrows_counterclockwise 🔄|repeat 🔁|leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️|fast_forward ⏩|rewind ⏪|double_vertical_bar ⏸️|black_right_pointing_triangle_with_double_vertical_bar ⏯️|arrow_forward ▶️|black_square_for_stop ⏹️|small_red_triangle 🔺|small_red_triangle_down 🔻|heavy_plus_sign ➕|heavy_minus_sign ➖|recycle ♻️|new 🆕|ok 🆗|up 🆙|information_source ℹ️|id 🆔
wave 👋|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|ok_hand 👌|clap 👏|raised_hands 🙌|pray 🙏|handshake 🤝|muscle 💪|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|raised_hand ✋|hand ✋|raising_hand 🙋|writing_hand ✍️|crossed_fingers 🤞|fist 👊
smile 😄|smiley 😃|grin 😁|grinning 😀|joy 😂|laughing 😆|wink 😉|blush 😊|slightly_smiling_face 🙂|upside_down_face 🙃|thinking_face 🤔|neutral_face 😐|sweat_smile 😅|sob 😭|cry 😢|scream 😱|tired_face 😫|sleeping 😴|zzz 💤|sunglasses 😎|nerd_face 🤓|relieved 😌|worried 😟|rage 😡|skull 💀|ghost 👻|exploding_head 🤯|face_with_monocle 🧐|salute 🫡|partying_face 🥳
bust_in_silhouette 👤|busts_in_silhouette 👥|firefighter 🧑‍🚒|fire_engine 🚒|fire_extinguisher 🧯|ambulance 🚑|helmet_with_white_cross ⛑️|police_car 🚓|male-firefighter 👨‍🚒|female-firefighter 👩‍🚒|technologist 🧑‍💻|detective 🕵️|crown 👑|shield 🛡️|crossed_swords ⚔️|hospital 🏥|house 🏠|office 🏢
tada 🎉|confetti_ball 🎊|sparkles ✨|star ⭐|star2 🌟|rocket 🚀|checkered_flag 🏁|triangular_flag_on_post 🚩|white_flag 🏳️|trophy 🏆|medal 🏅|sports_medal 🏅|dart 🎯|gift 🎁|balloon 🎈|100 💯|heart ❤️|broken_heart 💔|blue_heart 💙|green_heart 💚|yellow_heart 💛|coffee ☕|beer 🍺|pizza 🍕|cake 🍰
sunny ☀️|sun_with_face 🌞|crescent_moon 🌙|moon 🌔|full_moon 🌕|night_with_stars 🌃|sunrise 🌅|rainbow 🌈|umbrella ☔|snowflake ❄️|snowman ⛄|ocean 🌊|droplet 💧|seedling 🌱|evergreen_tree 🌲|turtle 🐢|snail 🐌|tocsin 🔔|ship 🚢|anchor ⚓|airplane ✈️|railway_track 🛤️|traffic_light 🚥|vertical_traffic_light 🚦
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|zero 0️⃣|keycap_ten 🔟|hash #️⃣|flag-gb 🇬🇧|flag-us 🇺🇸|flag-eu 🇪🇺|flag-de 🇩🇪|flag-fr 🇫🇷
`;

export const EMOJI = new Map(TABLE.trim().split(/[|\n]/).map((entry) => entry.split(" ")));

const NAME = /:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/g;

export const emojiText = (text) => String(text ?? "").replace(NAME, (whole, name) => EMOJI.get(name) ?? whole);

// A plain_text object as text.
export const plain = (object) => (typeof object === "string" ? object : object?.emoji === false ? (object.text ?? "") : emojiText(object?.text));
